/** Numbers in [0,1), the same ones from the same seed. */
export type Lot = () => number;

export function oneOf<T>(lot: Lot, items: readonly T[]): T {
  const item = items[Math.floor(lot() * items.length)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

/** A whole number from 0 to `most`, both included. */
export const upTo = (lot: Lot, most: number): number => Math.floor(lot() * (most + 1));
