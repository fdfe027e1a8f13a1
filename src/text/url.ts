/** An address without the user name and password that may stand in it: `https://user:pass@host` is `https://host`. */
export function withoutUserinfo(address: string): string {
  // Not parsed, since what is no URL must not show its password either. Passwords may hold anything but the slash that ends them.
  return address.replace(/^([a-z][a-z0-9+.-]*:)?([\\/]*)[^\\/?#]*@/i, '$1$2');
}
