import { counted } from '../../../text/counted.ts';
import { pressFor } from '../../keymap/remap.ts';
import { liveFaults, nextTtl } from '../../store/select.ts';
import { type ConsoleState, screenOf } from '../../store/state.ts';
import { exactly, type Line, line, lineWidth, sized, span } from '../../widgets/line.ts';
import type { View } from '../../widgets/view.ts';
import { faultSpans, ttlSpan } from './header.ts';

const NEED = { columns: 60, rows: 16 };

export const isTooSmall = (columns: number, rows: number): boolean => columns < NEED.columns || rows < NEED.rows;

/** Shown when the window is too small for the deck: the size that is needed, the live faults, and the emergency stop. */
export function smallLines(state: ConsoleState, view: View): Line[] {
  const { columns, rows } = view;
  const { mayday } = state;
  const need = line(span(`need ${NEED.columns}x${NEED.rows}, have ${columns}x${rows}`, 'warn'));
  const faults = fitting(faultText(state, view), columns);
  const name = line(span(state.link.state === 'connected' ? state.link.context : state.link.doing, 'title'));
  const stop =
    screenOf(state) === 'mayday'
      ? [
          line(span('MAYDAY ', 'bad'), span(maydayWord(state), 'title')),
          line(span('!', 'key'), ' reverts all  ', span('esc', 'key'), ' back'),
        ]
      : [
          line(
            span('!', 'key'),
            span(' MAYDAY', 'bad'),
            '  ',
            span(pressFor(state.settings.keys, 'deck', 'quit', 'q'), 'key'),
            ' quit',
          ),
        ];
  // The stop line has priority: it is shown even if there is only one row.
  const wanted = rows >= 5 ? [need, name, faults, ...stop] : [...stop, faults, need];
  for (const { context, live, residue } of state.shell.otherClusters)
    if (rows > wanted.length && live + residue > 0)
      wanted.push(line(span(`${live > 0 ? `${live} live` : `${residue} not restored`} in ${context}`, 'chaos')));
  if (mayday.end && rows > wanted.length)
    wanted.push(line(span(`remain ${mayday.end.remaining ?? 'unknown'}`, 'title')));
  return sized(wanted, rows).map(row => exactly(row, columns));
}

/** The live faults and the next TTL, in full, shorter, shortest. */
function faultText(state: ConsoleState, view: View): Line[] {
  const live = liveFaults(state, view.now);
  const ttl = nextTtl(state, view.now);
  const clocks = ttl === undefined ? [] : [span(' TTL '), ttlSpan(ttl.leftMs)];
  return [
    line(...faultSpans(state, view)),
    line(span(`${view.glyphs.live} ${counted(live, 'fault')} live`, 'chaos'), ...clocks),
    line(span(`${live} live`, 'chaos'), ...clocks),
  ];
}

/** The first that fits, else the last. */
const fitting = (lines: readonly Line[], columns: number): Line =>
  lines.find(one => lineWidth(one) <= columns) ?? lines[lines.length - 1] ?? line();

function maydayWord({ mayday }: ConsoleState): string {
  if (mayday.phase === 'scanning') return `${mayday.findings.length} found, scanning`;
  if (mayday.phase === 'reverting' || mayday.phase === 'aborting') return `reverting, ${mayday.receipts.size} done`;
  if (mayday.phase === 'unreachable') return 'UNREACHABLE, trying again';
  if (mayday.phase === 'done') return `remain ${mayday.end?.remaining ?? 'unknown'}`;
  return `${mayday.findings.length} found`;
}
