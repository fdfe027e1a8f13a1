/** How an operator behaves when something it looks after is broken. */
export interface Character {
  name: string;
  /** It puts back what was changed or deleted, this long after, cluster milliseconds. */
  healsAfterMs?: number;
  /** Its service breaks with the fault, and works again … */
  breaks?: 'until it is restored' | 'for a while' | 'for ever';
  /** Its service does not even work before. */
  isSick?: boolean;
}

/** Long enough for every effect to be seen before it is undone, short enough for the recovery time. */
const HEALS_MS = 8_000;

export const CHARACTERS: readonly Character[] = [
  { name: 'vigilant', healsAfterMs: HEALS_MS },
  { name: 'indifferent' },
  { name: 'adaptable', breaks: 'for a while' },
  { name: 'fragile', breaks: 'until it is restored' },
  { name: 'dead', breaks: 'for ever' },
  { name: 'sick', isSick: true },
];
