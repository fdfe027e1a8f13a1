import { type Clean, sanitise } from './sanitise.ts';

/** How many equal characters are kept on either side of a difference. */
const AROUND = 20;

/**
 * Texts to compare, each as one line of at most `limit` characters plus cut marks. Equal parts are cut first, so that
 * a difference is visible wherever it is; the cut characters of a difference are counted.
 */
export function sideBySide(texts: readonly string[], limit = 400): Clean[] {
  if (texts.every(text => text.length <= limit)) return texts.map(text => sanitise(text, limit));
  const before = Math.max(0, sharedLength(texts) - AROUND);
  const reversed = texts.map(text => [...text.slice(before)].reverse().join(''));
  const after = Math.max(0, sharedLength(reversed) - AROUND);
  return texts.map(text => excerpt(text, { before, after, limit }));
}

function excerpt(text: string, { before, after, limit }: { before: number; after: number; limit: number }): Clean {
  const end = Math.max(before, text.length - after);
  const middle = text.slice(before, end);
  const left = middle.length - limit;
  const shown =
    left > 0 ? `${sanitise(middle.slice(0, limit), limit)}…(${left} characters more)` : sanitise(middle, limit);
  return sanitise(
    `${before > 0 ? `(${before} the same)…` : ''}${shown}${after > 0 && end < text.length ? `…(${text.length - end} the same)` : ''}`,
    limit + 80,
  );
}

/** How many characters all of them begin with; never ends inside a character. */
function sharedLength([first = '', ...others]: readonly string[]): number {
  let length = 0;
  for (const character of first) {
    if (others.some(other => !other.startsWith(character, length))) break;
    length += character.length;
  }
  return length;
}
