import { bar as barText } from '../../text/bar.ts';
import { width } from '../../text/width.ts';
import { type Line, line, type Span, span } from './line.ts';
import type { View } from './view.ts';

/** A heading with a rule behind it, and words at its right end: `HEALTH ──────── since`. */
export function rule(
  title: string,
  columns: number,
  { glyphs }: Pick<View, 'glyphs'>,
  end = '',
  isFocused = false,
): Line {
  const tail = end === '' ? '' : ` ${end}`;
  const dashes = Math.max(0, columns - width(title) - 1 - width(tail));
  return line(
    span(title, isFocused ? 'accent' : 'title'),
    span(` ${glyphs.rule.repeat(dashes)}`, 'dim'),
    tail !== '' && span(tail, 'dim'),
  );
}

/** A bar of `columns` cells filled to `share` (0 to 1), the filled part standing out. */
export function bar(share: number, columns: number, { glyphs }: Pick<View, 'glyphs'>): readonly [Span, Span] {
  const text = barText(share, columns, glyphs);
  const full = text.lastIndexOf(glyphs.barFull) + 1;
  return [span(text.slice(0, full), 'accent'), span(text.slice(full), 'dim')];
}
