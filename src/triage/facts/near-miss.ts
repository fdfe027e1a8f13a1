/**
 * How two names are similar: equal apart from separators, case, plural and prefix; the same words in another order or with
 * more words; a typing error.
 */
type Likeness = 'same word' | 'same words' | 'typing error';

export interface NearMiss {
  name: string;
  likeness: Likeness;
}

/**
 * The existing names that `wanted` was probably meant to be, the likeliest first. A name equal to `wanted` is not a
 * near miss. Very short names have none: `a` is not a typing error of `b`.
 */
export function nearMisses(wanted: string, existing: Iterable<string>): NearMiss[] {
  const found: { near: NearMiss; rank: number }[] = [];
  for (const name of new Set(existing)) {
    const likeness = name === wanted ? undefined : likenessOf(wanted, name);
    if (likeness === undefined) continue;
    const far = LIKENESSES.indexOf(likeness) * 1000 + distance(wanted.toLowerCase(), name.toLowerCase());
    found.push({ near: { name, likeness }, rank: far });
  }
  return found.sort((a, b) => a.rank - b.rank || (a.near.name < b.near.name ? -1 : 1)).map(one => one.near);
}

/** The one name that `wanted` was probably meant to be. */
export const nearest = (wanted: string, existing: Iterable<string>): string | undefined =>
  nearMisses(wanted, existing)[0]?.name;

const LIKENESSES: readonly Likeness[] = ['same word', 'typing error', 'same words'];

function likenessOf(a: string, b: string): Likeness | undefined {
  const [wordsA, wordsB] = [words(a), words(b)];
  const [plainA, plainB] = [wordsA.join(''), wordsB.join('')];
  if (plainA === plainB) return 'same word';
  const shorter = Math.min(plainA.length, plainB.length);
  if (shorter >= 3 && distance(plainA, plainB) <= allowed(shorter)) return 'typing error';
  if (shorter >= 3 && (within(wordsA, wordsB) || within(wordsB, wordsA))) return 'same words';
  // An abbreviation: `prod` for `production`.
  if (shorter >= 3 && (plainA.startsWith(plainB) || plainB.startsWith(plainA))) return 'same words';
  return undefined;
}

/** How many typing errors are assumed in a name of this length. One difference in three letters is another name. */
const allowed = (length: number): number => (length < 8 ? 1 : length < 16 ? 2 : 3);

/** `example.com/costCenters` → `cost`, `center`. */
function words(name: string): string[] {
  const last = name.slice(name.lastIndexOf('/') + 1) || name;
  return last
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
    .map(singular);
}

const singular = (word: string): string =>
  word.length > 4 && word.endsWith('ies')
    ? `${word.slice(0, -3)}y`
    : word.length > 3 && word.endsWith('s') && !word.endsWith('ss')
      ? word.slice(0, -1)
      : word;

/** Whether every word of `few` is among `many`. A single common word among many says nothing: at least half of them must agree. */
const within = (few: string[], many: string[]): boolean =>
  few.length > 0 && few.length * 2 >= many.length && few.every(word => many.includes(word));

/** Damerau-Levenshtein distance: letters inserted, left out, replaced, or two neighbours swapped. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(before, j - 2) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;

/** One wanted label that is missing, with what the other side has instead. */
export interface LabelMiss {
  key: string;
  /** The wanted value; undefined where only the key matters. */
  value: string | undefined;
  /** The most similar label on the other side: another value of the same key, or the value of a similar key. */
  instead?: { key: string; value: string };
}

/** The labels of `wanted` that `carried` does not have, with the labels that it probably has instead. */
export function labelMisses(
  wanted: Readonly<Record<string, string>>,
  carried: Readonly<Record<string, string>>,
): LabelMiss[] {
  return Object.entries(wanted)
    .filter(([key, value]) => carried[key] !== value)
    .map(([key, value]) => {
      const instead = insteadOf(key, value, carried);
      return { key, value, ...(instead && { instead }) };
    });
}

function insteadOf(key: string, value: string, carried: Readonly<Record<string, string>>): LabelMiss['instead'] {
  const own = carried[key];
  if (own !== undefined) return { key, value: own };
  const nearKey = nearest(key, Object.keys(carried));
  if (nearKey !== undefined) return { key: nearKey, value: carried[nearKey] ?? '' };
  const sameValue = Object.keys(carried).find(one => carried[one] === value);
  return sameValue === undefined ? undefined : { key: sameValue, value };
}

/**
 * The carrier whose labels are closest to `wanted`: most labels match, and the others nearly match. Undefined when no
 * label of `wanted` even nearly matches.
 */
export function closestLabels<T>(
  wanted: Readonly<Record<string, string>>,
  carriers: Iterable<T>,
  labelsOf: (carrier: T) => Readonly<Record<string, string>>,
): { carrier: T; misses: LabelMiss[] } | undefined {
  let best: { carrier: T; misses: LabelMiss[]; score: number } | undefined;
  for (const carrier of carriers) {
    const misses = labelMisses(wanted, labelsOf(carrier));
    const agree = Object.keys(wanted).length - misses.length;
    const near = misses.filter(miss => isNear(miss)).length;
    const score = agree * 2 + near;
    if ((near > 0 || agree > 0) && (best === undefined || score > best.score)) best = { carrier, misses, score };
  }
  return best && { carrier: best.carrier, misses: best.misses };
}

/** Whether the label that was found instead looks like a typing error rather than a different value. */
export function isNear({ key, value, instead }: LabelMiss): boolean {
  if (instead === undefined) return false;
  if (instead.key !== key)
    return value === undefined || instead.value === value || nearMisses(value, [instead.value]).length > 0;
  return value !== undefined && nearMisses(value, [instead.value]).length > 0;
}

/** One missing label as text: `app=web (there is app=wev)`. */
export const missText = ({ key, value, instead }: LabelMiss): string =>
  `${key}${value === undefined ? '' : `=${value}`}${instead ? ` (there is ${instead.key}=${instead.value})` : ''}`;
