import { cut } from './cut.ts';
import type { Clean } from './sanitise.ts';
import { width } from './width.ts';

/** Breaks plain text at spaces into lines of at most `columns`; a single longer word is cut. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let now = '';
  for (const word of text.split(/ +/)) {
    const joined = now === '' ? word : `${now} ${word}`;
    if (width(joined) <= room) now = joined;
    else {
      if (now !== '') lines.push(now);
      now = width(word) <= room ? word : cut(word as Clean, room);
    }
  }
  if (now !== '') lines.push(now);
  return lines;
}

/** Breaks text into lines of at most `columns`, also inside words. Nothing is cut, for text that must be complete. */
export function breakAnywhere(text: string, columns: number): string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let now = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const needs = width(segment);
    if (used + needs > room && now !== '') {
      lines.push(now);
      now = '';
      used = 0;
    }
    now += segment;
    used += needs;
  }
  return [...lines, now];
}

/** Breaks text at spaces, and longer words anywhere, into lines of at most `columns`. Nothing is cut. */
export function wrapWhole(text: string, columns: number): string[] {
  const pieces = text.split(/ +/).flatMap(word => breakAnywhere(word, columns));
  return wrap(pieces.join(' '), columns);
}

/**
 * Breaks text into lines of at most `columns` and cuts nothing: after a space where there is one in the second half of the line, else
 * anywhere. What follows is indented by two more than the first line.
 */
export function wrapIndented(text: string, columns: number): string[] {
  const indent = ' '.repeat(Math.min((/^ */.exec(text)?.[0].length ?? 0) + 2, Math.floor(columns / 3)));
  const lines: string[] = [];
  let rest = text;
  for (let first = ''; ; first = indent) {
    const room = Math.max(1, columns - first.length);
    // No more than can be shown is looked at, however long the text is.
    const [whole = ''] = breakAnywhere(rest.slice(0, room * 4 + 64), room);
    if (whole.length === rest.length) return [...lines, first + rest];
    const space = whole.lastIndexOf(' ');
    const taken = space > whole.length / 2 ? whole.slice(0, space + 1) : whole;
    lines.push(first + taken);
    rest = rest.slice(taken.length);
  }
}
