import { pressFor } from '../../keymap/remap.ts';
import { ownLive, ownUnderWay } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, type Line, line, span } from '../../widgets/line.ts';
import { objectName } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import { clock } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { isSuiteRunning } from '../suite/view.ts';

/** Asked before quitting while our own faults are in the cluster. */
export function quitLines(state: ConsoleState, view: View): Line[] {
  const live = ownLive(state);
  const runs = ownUnderWay(state);
  const others = state.shell.otherClusters.filter(({ underWay }) => underWay > 0);
  const all = others.reduce((sum, { underWay }) => sum + underWay, runs.length);
  const allLive = others.reduce((sum, { live: some }) => sum + some, live.length);
  if (state.quitting === 'reverting') {
    return [
      rule('QUIT', view.columns, view),
      BLANK,
      line(
        span(
          `  ${view.glyphs.states.wait} stopping ${all === 1 ? 'the run' : `${all} runs`} and reverting everything; then mayday quits`,
          'warn',
        ),
      ),
      BLANK,
      line(span('  ctrl-c again quits at once and leaves the rest in the cluster', 'dim')),
    ];
  }
  return [
    rule('QUIT', view.columns, view),
    BLANK,
    line(
      span(
        `  ${allLive > 0 ? `${allLive === 1 ? '1 fault of this console is' : `${allLive} faults of this console are`} in ${others.length > 0 ? 'clusters' : 'the cluster'}` : isSuiteRunning(state) ? 'a suite is under way' : 'a run is under way'}:`,
        'title',
      ),
    ),
    ...runs.map(run =>
      line(
        `    ${run.type}  ${run.target.kind} ${objectName(run.target)}  `,
        span(run.ttlDeadline === undefined ? '' : `TTL ${clock(run.ttlDeadline - view.now.server)}`, 'dim'),
      ),
    ),
    ...others.map(({ context, live: some, underWay }) =>
      line(`    in ${context}: `, some > 0 ? `${some} live` : `${underWay} under way`),
    ),
    BLANK,
    line(
      '  ',
      span(pressFor(state.settings.keys, 'quit', 'quit-revert', 'r'), 'key'),
      `    reverts ${all === 1 ? 'it' : 'them'}, verifies, then quits`,
    ),
    ...leaveLines(
      all === 1 ? 'it' : 'them',
      allLive > 0 && live.every(run => run.isGuarded) && others.every(({ isGuarded }) => isGuarded),
      pressFor(state.settings.keys, 'quit', 'quit-leave', 'l'),
    ),
    line('  ', span('esc', 'key'), '  stays'),
  ];
}

/** What quitting without a revert means: whether the guardian will revert the faults. `them`: the pronoun for the faults. */
function leaveLines(them: 'it' | 'them', isGuarded: boolean, leave: string): Line[] {
  const end = isGuarded
    ? span(`the guardian reverts ${them} at ${them === 'it' ? 'its' : 'their'} TTL`)
    : span(`nothing will revert ${them}`, 'bad');
  const why = isGuarded ? '' : 'the TTL ends with this console; ';
  return [
    line('  ', span(leave, 'key'), `    quits and leaves ${them}: `, end),
    line(span(`       ${why}\`mayday revert --all\` finds ${them} later`, 'dim')),
  ];
}
