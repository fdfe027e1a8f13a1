import { width } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState, VerdictLine } from '../../store/state.ts';
import { type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import { timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';

const TIME = 10;
/** A long line continues on the next rows, up to a limit. */
const MOST_ROWS = 4;

/** The newest verdict lines that fit, oldest first; scrolled back when asked. */
export function streamLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { stream, streamBack } = state;
  const press = (id: string, usual: string): string => pressFor(state.settings.keys, 'deck', id, usual);
  const room = Math.max(0, rows - 1);
  const end = Math.max(Math.min(room, stream.length), stream.length - streamBack);
  const shown: Line[] = [];
  let first = end;
  while (first > 0 && shown.length < room) {
    first--;
    shown.unshift(...entryRows(stream[first], stream[first - 1], columns));
  }
  const newer = stream.length - end;
  const older = first > 0 || shown.length > room;
  const head = rule(
    'VERDICTS',
    columns,
    view,
    newer > 0 ? `${newer} newer: ${press('newer', ']')}` : older ? `older: ${press('older', '[')}` : '',
  );
  if (stream.length === 0)
    return [
      head,
      line(
        span(
          `  nothing has run yet: ${pressFor(state.settings.keys, 'deck', 'experiments', 'e')} picks an experiment`,
          'dim',
        ),
      ),
    ];
  return [head, ...shown.slice(-room)];
}

/** The time is shown once for all events of a second. */
function entryRows(entry: VerdictLine | undefined, before: VerdictLine | undefined, columns: number): Line[] {
  if (!entry) return [];
  const time = timeOfDay(entry.at);
  const isSame = before !== undefined && timeOfDay(before.at) === time;
  const blank = ' '.repeat(TIME);
  const [head = '', ...rest] = hanging(entry.text, columns - TIME);
  return [
    line(isSame ? blank : span(`${time}  `, 'dim'), span(head, entry.tone)),
    ...rest.slice(0, MOST_ROWS - 1).map(text => line(blank, span(text, entry.tone))),
  ];
}

/** The widest label of an event with the blanks around it. */
const LABELS = 16;

/** Wraps at blanks; what follows hangs under the text behind the label. */
function hanging(text: string, columns: number): string[] {
  if (width(text) <= columns) return [text];
  const behindLabel = /^ *\S+ +/.exec(text)?.[0].length ?? 0;
  const indent = Math.min(behindLabel, LABELS);
  const [first = '', ...more] = wrap(text.slice(indent), columns - indent);
  return [text.slice(0, indent) + first, ...more.map(part => ' '.repeat(indent) + part)];
}
