/** How long something that is armed may be fired, milliseconds, unless the settings say otherwise. */
export const ARM_MS = 10_000;

/** Something that will be fired until `until` (monotonic milliseconds). With `mustType` the countdown begins once that name is typed. */
export interface Arming {
  until: number | undefined;
  mustType: string | undefined;
  typed: string;
}

/** Arms for `forMs` from `now` (monotonic milliseconds); a name that must be typed comes first. */
export const armed = (mustType: string | undefined, now: number, forMs: number): Arming => ({
  mustType,
  typed: '',
  until: mustType === undefined ? now + forMs : undefined,
});

/** Whether the name that unlocks firing is still being typed. */
export const isTyping = (arming: Arming | undefined): boolean =>
  arming?.mustType !== undefined && arming.typed !== arming.mustType;

/** More of the name, a character or a paste; the whole name starts the countdown. */
export function withTyped<A extends Arming>(arming: A, text: string, now: number, forMs: number): A {
  if (arming.mustType === undefined) return arming;
  const typed = (arming.typed + text).slice(0, arming.mustType.length + 40);
  return { ...arming, typed, until: typed === arming.mustType ? now + forMs : undefined };
}

/** Removes the last character of the typed name. */
export const withErased = <A extends Arming>(arming: A): A => ({
  ...arming,
  typed: [...arming.typed].slice(0, -1).join(''),
});

/** Why it cannot be fired now; `key` is the one that arms. */
export function fireLockOf(arming: Arming | undefined, now: number, key: string): string | undefined {
  if (!arming) return `not armed: ${key} arms`;
  if (isTyping(arming)) return 'type the cluster name first';
  if (arming.until === undefined || now >= arming.until) return `no longer armed: ${key} arms again`;
  return undefined;
}
