/** A seeded source of random numbers, so that a run can be repeated. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A version 4 UUID. */
  uid(): string;
  /** A suffix of `length` characters as in generated names: no vowels, no similar characters. */
  suffix(length?: number): string;
}

const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** The same seed gives the same numbers (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number) =>
    Math.floor(next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    next,
    uid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(next() * 4)]}${hex(3)}-${hex(6)}${hex(6)}`,
    suffix: (length = 5) =>
      Array.from({ length }, () => NAME_LETTERS[Math.floor(next() * NAME_LETTERS.length)]).join(''),
  };
}
