/** An address without the user name and password that may stand in it: `https://user:pass@host` is `https://host`. */
export function withoutUserinfo(address: string): string {
  // Not parsed, since invalid URLs must not show a password either. Passwords may have any character but the slash
  // that ends them.
  return address.replace(/^([a-z][a-z0-9+.-]*:)?([\\/]*)[^\\/?#]*@/i, '$1$2');
}
