import { cut, fitTo as fitText } from '../../text/cut.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { width } from '../../text/width.ts';

/** What a piece of a line means; the theme decides how that looks. */
export type Tone = 'plain' | 'dim' | 'title' | 'ok' | 'bad' | 'warn' | 'chaos' | 'accent' | 'key' | 'alarm';

export interface Span {
  text: string;
  tone: Tone;
  selected?: boolean;
}

/** One row of the screen before it is painted. `selected` rows are drawn inverse over their whole width. */
export interface Line {
  spans: readonly Span[];
  selected?: boolean;
  /** What of which list the row stands for: a click puts the cursor on it. */
  item?: Item;
}

/** One entry of a list that has a cursor. */
export interface Item {
  list: string;
  key: string;
}

/**
 * Characters that no text on the screen may contain, wherever it comes from: a file, an argument, the cluster. Tested
 * first, because nearly no text has any.
 */
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const WHOLE = Number.MAX_SAFE_INTEGER;

/** A piece of a line. Every text becomes one here, and is sanitised before its width is measured. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({
  text: UNFIT.test(text) ? sanitise(text, WHOLE) : text,
  tone,
});

/** A line from strings (plain) and spans; empty pieces vanish. */
export function line(...pieces: (string | Span | false | undefined)[]): Line {
  const spans: Span[] = [];
  for (const piece of pieces) {
    if (piece === false || piece === undefined || piece === '') continue;
    spans.push(typeof piece === 'string' ? span(piece) : piece);
  }
  return { spans };
}

export const BLANK: Line = { spans: [] };

/** The row of an entry of a list. */
export const itemLine = (from: Line, list: string, key: string): Line => ({ ...from, item: { list, key } });

export const select = (from: Line): Line => ({ ...from, selected: true });

/** Columns a line takes. */
export const lineWidth = (of: Line): number => of.spans.reduce((sum, piece) => sum + width(piece.text), 0);

/** The plain text of a line. */
export const lineText = (of: Line): string => of.spans.map(piece => piece.text).join('');

/** Cuts a line that is too long at its end and fills one that is too short with blanks. */
export function exactly(from: Line, columns: number): Line {
  const spans: Span[] = [];
  let left = columns;
  for (const piece of from.spans) {
    if (left <= 0) break;
    const size = width(piece.text);
    const text = size <= left ? piece.text : cut(piece.text as Clean, left);
    spans.push({ ...piece, text });
    left -= width(text);
  }
  if (left > 0) spans.push(span(' '.repeat(left)));
  return { ...from, spans };
}

/** `left` and `right` at the two ends of a row; the right side is kept whole, the left gives way. */
export function ends(left: Line, right: Line, columns: number): Line {
  const room = Math.max(0, columns - lineWidth(right) - 1);
  return exactly({ ...left, spans: [...exactly(left, room).spans, span(' '), ...right.spans] }, columns);
}

/** Two columns of lines side by side, `gap` blanks between them; the taller side decides the height. */
export function beside(
  left: readonly Line[],
  leftColumns: number,
  right: readonly Line[],
  rightColumns: number,
  gap = 2,
): Line[] {
  const height = Math.max(left.length, right.length);
  return Array.from({ length: height }, (_, i) => {
    const a = exactly(left[i] ?? BLANK, leftColumns);
    const b = exactly(right[i] ?? BLANK, rightColumns);
    return { spans: [...marked(a), span(' '.repeat(gap)), ...marked(b)] };
  });
}

/** A selected line keeps its mark in its own half when two halves become one row. */
function marked(from: Line): readonly Span[] {
  return from.selected ? from.spans.map(piece => ({ ...piece, selected: true })) : from.spans;
}

/** Exactly `height` lines: cut where there are more, filled with blank lines where there are fewer. */
export function sized(lines: readonly Line[], height: number): Line[] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? BLANK);
}

/** A column of text: cut or padded to `columns`; numbers stand at the right, names may lose their middle. */
export function cell(
  text: string,
  columns: number,
  align: 'left' | 'right' = 'left',
  at: 'end' | 'middle' = 'end',
): string {
  return fitText(text as Clean, columns, { align, at });
}
