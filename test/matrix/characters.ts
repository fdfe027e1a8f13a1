/** How an operator behaves when something it looks after is broken. */
export interface Character {
  name: string;
  /** It puts back what was changed or deleted, this long after, cluster milliseconds. */
  healsAfterMs?: number;
  /** It means to, but what it puts there is neither the fault's nor the original. */
  isWrong?: boolean;
  /** Its service breaks with the fault, and works again … */
  breaks?: Breaking;
  /** Its service does not even work before. */
  isSick?: boolean;
  /** In its trouble it stops somebody else's service, and leaves it so. */
  isHarmful?: boolean;
}

/** `on and off`: it comes and goes for as long as the fault is in, never steady. `for long`: longer than it has to recover. */
export type Breaking = 'until it is restored' | 'for a while' | 'for long' | 'for ever' | 'on and off';

/** Long enough for every effect to be seen before it is undone, short enough for the recovery time. */
const HEALS_MS = 8_000;

export const CHARACTERS: readonly Character[] = [
  { name: 'vigilant', healsAfterMs: HEALS_MS },
  { name: 'hasty', healsAfterMs: 0 },
  { name: 'tardy', healsAfterMs: 24_000, breaks: 'until it is restored' },
  { name: 'mistaken', healsAfterMs: HEALS_MS, isWrong: true },
  { name: 'indifferent' },
  { name: 'adaptable', breaks: 'for a while' },
  { name: 'sluggish', breaks: 'for long' },
  { name: 'flapping', breaks: 'on and off' },
  { name: 'fragile', breaks: 'until it is restored' },
  { name: 'harmful', healsAfterMs: HEALS_MS, isHarmful: true },
  { name: 'dead', breaks: 'for ever' },
  { name: 'sick', isSick: true },
];
