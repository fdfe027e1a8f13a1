import { leftText, suiteTable, type TableLine } from '../../../suite/table.ts';
import { counted } from '../../../text/counted.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { armingLines } from '../../widgets/arming.ts';
import { type Line, line, span, type Tone } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { suiteArmLock } from './view.ts';

/** The suite's table, and below it always the next step. */
export function suiteLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { plan, table } = state.suite;
  const head = rule('SUITE', columns, view, plan ? countText(plan.entries) : '', true);
  const step = stepLines(state, view, columns);
  if (table === undefined) return [head, ...step];
  const room = {
    columns,
    rows: Math.max(1, rows - 1 - step.length),
    now: view.now.server,
    speed: 1,
    glyphs: view.glyphs,
  };
  const lines = suiteTable(table, room);
  const shown = state.suite.phase === 'ready' ? lines.slice(0, -1) : lines;
  return [head, ...shown.map((one, i) => line(span(one.text, toneOf(one, i)))), ...step];
}

function countText(entries: readonly { danger: string }[]): string {
  const high = entries.filter(({ danger }) => danger === 'high').length;
  const count = counted(entries.length, 'experiment');
  return high === 0 ? count : `${count}, ${high} of danger HIGH`;
}

const VERDICT_TONES = { Resilient: 'ok', Degraded: 'warn', Failed: 'bad', Inconclusive: 'warn' } as const;

function toneOf({ of }: TableLine, index: number): Tone {
  if (of === undefined) return index === 0 ? 'dim' : 'plain';
  if (of.end) return of.end.residue > 0 ? 'bad' : VERDICT_TONES[of.end.verdict];
  if (of.state === 'running' && of.injectedAt !== undefined && !of.isReverted) return 'chaos';
  return of.state === 'not-run' ? 'warn' : of.state === 'waiting' ? 'dim' : 'plain';
}

function stepLines(state: ConsoleState, view: View, columns: number): Line[] {
  const { phase, arming, plan, message } = state.suite;
  const { states } = view.glyphs;
  const press = (command: string, key: string) => span(pressFor(state.settings.keys, 'suite', command, key), 'key');
  switch (phase) {
    case 'running':
      return [line('  ', press('stop', 'x'), ' stops: live faults are reverted and verified, no more runs begin')];
    case 'stopping':
      return [line(span(`  ${states.wait} stopping: live faults are reverted and verified`, 'warn'))];
    case 'over':
    case 'failed':
      return wrap(message, columns - 2).map(text => line('  ', span(text, phase === 'failed' ? 'bad' : 'title')));
    case 'ready': {
      if (arming)
        return armingLines(
          arming,
          { screen: 'suite', on: counted(plan?.entries.length ?? 0, 'experiment') },
          state,
          view,
        );
      const why = suiteArmLock(state, view.now);
      if (why !== undefined) return [line(span(`  ${states.fail} cannot be armed: ${why}`, 'warn'))];
      const how = `Up to ${plan?.parallel ?? 1} run side by side, one for each operator, each once its steady state holds. All of it takes ${leftText(plan?.longestMs ?? 0).replace(' left', '')}.`;
      return [
        ...wrap(how, columns - 2).map(text => line(span(`  ${text}`, 'dim'))),
        line('  ', press('arm', 'a'), ' arms all of it; nothing is written before ', press('fire', 'f'), ' fires'),
      ];
    }
    default:
      return [
        line(
          span('  no experiment is marked: ', 'dim'),
          span(pressFor(state.settings.keys, 'experiments', 'mark', 'space'), 'key'),
          span(' marks in the list of experiments', 'dim'),
        ),
      ];
  }
}
