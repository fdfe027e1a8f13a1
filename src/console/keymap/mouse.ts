/** What a mouse does here: it selects and scrolls. `x` and `y` count cells from 0. */
export type Mouse = { is: 'click'; x: number; y: number } | { is: 'wheel'; by: 1 | -1 };

// biome-ignore lint/suspicious/noControlCharactersInRegex: a report begins with an escape
const REPORT = /\u001b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a report begins with an escape
const BEGUN = /\u001b(\[(<[\d;]{0,20})?)?$/;

/** The reports in what a terminal sent, and the beginning of one that has not all come yet. */
export function reportsIn(text: string): { events: Mouse[]; rest: string } {
  const events = [...text.matchAll(REPORT)].flatMap(found => mouseOf(found) ?? []);
  return { events, rest: BEGUN.exec(text)?.[0] ?? '' };
}

/** A release, another button, or one with a modifier means nothing. */
function mouseOf([, button, x, y, kind]: RegExpMatchArray): Mouse | undefined {
  if (kind !== 'M') return undefined;
  if (button === '64') return { is: 'wheel', by: -1 };
  if (button === '65') return { is: 'wheel', by: 1 };
  return button === '0' ? { is: 'click', x: Number(x) - 1, y: Number(y) - 1 } : undefined;
}
