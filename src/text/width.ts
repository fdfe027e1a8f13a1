import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
// ASCII and our own drawing characters: one column each, never part of a longer grapheme by themselves. Rows are mostly made of these.
const PLAIN = /^[\x20-\x7e…→·↑↓←─━✓✗▸►◦↺⚑▁▂▃▄▅▆▇█]*$/;

/** Columns that a text takes in a terminal, by grapheme; ambiguous characters count one. */
export function width(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true });
}

/** A text's graphemes with their columns; joiners and marks stay with what they belong to. */
export function graphemes(text: string): { text: string; width: number }[] {
  if (PLAIN.test(text)) return Array.from(text, char => ({ text: char, width: 1 }));
  return Array.from(segmenter.segment(text), ({ segment }) => ({ text: segment, width: width(segment) }));
}
