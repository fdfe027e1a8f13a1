import { ends, type Line, line, lineWidth, span, type Tone } from './line.ts';
import { type Named, namedColumns, namedIn } from './object-name.ts';

/**
 * A row with the name of an object. What stands at the right end gives way to the name: the first of `rights` that leaves the name whole is
 * shown, the last where none does.
 */
export function namedRow(
  start: Line,
  object: Named,
  rights: readonly Line[],
  columns: number,
  tone: Tone = 'plain',
): Line {
  const room = (right: Line): number => columns - lineWidth(start) - lineWidth(right) - 1;
  const right = rights.find(one => room(one) >= namedColumns(object)) ?? rights.at(-1) ?? line();
  return ends(line(...start.spans, span(namedIn(object, room(right)), tone)), right, columns);
}
