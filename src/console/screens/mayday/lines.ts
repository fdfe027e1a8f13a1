import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { ends, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { listLines } from './list-lines.ts';
import { questionTitle } from './question-lines.ts';
import { resultRows } from './result-rows.ts';
import { tallyRow } from './tally-row.ts';

/** The emergency screen: what was found, what became of each, how many remain. Two rows of summary, the list, the result. */
export function maydayLines(state: ConsoleState, view: View, rows: number): Line[] {
  const { mayday } = state;
  const { columns } = view;
  const head = [titleRow(state, view), tallyRow(mayday, view)];
  const tail = resultRows(state, view);
  const room = Math.max(0, rows - head.length - tail.length - 1);
  const list = listLines(mayday, view);
  const top = Math.max(0, Math.min(mayday.top, list.length - room));
  const below = list.length - top - room;
  const shown = list.slice(top, top + room);
  const note =
    below > 0
      ? `${below} more below: ${pressFor(state.settings.keys, 'mayday', 'page-down', 'pagedown')}`
      : top > 0
        ? `${top} more above`
        : '';
  const filled = [...shown, ...Array.from({ length: Math.max(0, room - shown.length) }, () => line())];
  return [...head, rule(mayday.asked ? questionTitle(mayday.asked) : 'FOUND', columns, view, note), ...filled, ...tail];
}

function titleRow(state: ConsoleState, { columns, now }: View): Line {
  const { link } = state;
  const name = link.state === 'connected' ? link.context : (state.settings.context ?? link.doing);
  return ends(line(span(' MAYDAY ', 'alarm'), '  ', span(name, 'title')), phaseText(state, now.monotonic), columns);
}

function phaseText({ mayday, settings }: ConsoleState, monotonic: number): Line {
  switch (mayday.phase) {
    case 'scanning':
      return mayday.total > 0 ? line(`scanning ${mayday.done} of ${mayday.total} kinds`) : line('scanning…');
    case 'found':
      return line('scan complete');
    case 'aborting':
      return line(span('stopping the runs of this console…', 'warn'));
    case 'reverting':
      return line(span(`reverting: ${mayday.receipts.size} done`, 'warn'));
    case 'done':
      return line(
        'done, scanned again',
        mayday.end?.latched === true &&
          span(`   latch ON: ${pressFor(settings.keys, 'mayday', 'lift-latch', 'L')} lifts it`, 'warn'),
      );
    case 'unreachable':
      return line(
        span(
          `UNREACHABLE, next try in ${Math.max(0, Math.ceil(((mayday.retryAt ?? monotonic) - monotonic) / 1000))}s`,
          'bad',
        ),
      );
  }
}
