/** Numbers in [0,1), the same ones from the same seed. */
export type Random = () => number;

export function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

/** A whole number from 0 to `most`, both included. */
export const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));
