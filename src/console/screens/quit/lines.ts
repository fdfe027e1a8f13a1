import { ownLive, ownUnderWay } from '../../store/select.ts';
import type { ConsoleState, RunView } from '../../store/state.ts';
import { BLANK, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import { clock } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { objectName } from '../deck/faults.ts';

/** Asked before quitting while our own faults are in the cluster. */
export function quitLines(state: ConsoleState, view: View): Line[] {
  const live = ownLive(state);
  const runs = ownUnderWay(state);
  if (state.quitting === 'reverting') {
    return [
      rule('QUIT', view.columns, view),
      BLANK,
      line(
        span(
          `  ${view.glyphs.states.wait} stopping ${runs.length === 1 ? 'the run' : `${runs.length} runs`} and putting everything back; then mayday quits`,
          'warn',
        ),
      ),
      BLANK,
      line(span('  ctrl-c once more quits at once, with whatever is still in the cluster', 'dim')),
    ];
  }
  return [
    rule('QUIT', view.columns, view),
    BLANK,
    line(
      span(
        `  ${live.length > 0 ? `${live.length} of our faults ${live.length === 1 ? 'is' : 'are'} in the cluster` : 'a run is under way'}:`,
        'title',
      ),
    ),
    ...runs.map(run =>
      line(
        `    ${run.type}  ${run.target.kind} ${objectName(run.target)}  `,
        span(run.ttlDeadline === undefined ? '' : `TTL ${clock(run.ttlDeadline - view.now.server)}`, 'dim'),
      ),
    ),
    BLANK,
    line('  ', span('r', 'key'), '    reverts them, reads back, then quits'),
    ...leaveLines(live),
    line('  ', span('esc', 'key'), '  stays'),
  ];
}

/** What leaving means: whoever still ends the faults, or nobody. */
function leaveLines(live: readonly RunView[]): Line[] {
  const isGuarded = live.length > 0 && live.every(run => run.isGuarded);
  const end = isGuarded ? span('the guardian ends them at their TTL') : span('nobody will end them', 'bad');
  const why = isGuarded ? '' : 'the TTL ends with this console; ';
  return [
    line('  ', span('l', 'key'), '    leaves them in and quits: ', end),
    line(span(`       ${why}\`mayday revert --all\` finds them later`, 'dim')),
  ];
}
