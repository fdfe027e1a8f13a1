import { pressFor } from '../../keymap/remap.ts';
import { chosenFault, faultAuthor, faultTarget, faultType } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, type Line, line, span } from '../../widgets/line.ts';
import { objectName } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';

/** Asked before one fault is reverted. */
export function revertOneLines(state: ConsoleState, view: View): Line[] {
  const fault = chosenFault(state, view.now);
  if (!fault) return [rule('REVERT', view.columns, view), BLANK, line(span('  this fault is gone', 'dim'))];
  const on = faultTarget(fault);
  const what = `${faultType(fault)}  ${on.kind} ${objectName(on)}`;
  const whose =
    fault.is === 'run'
      ? 'a run of this console: it is stopped, and its fault is reverted'
      : `left by ${faultAuthor(fault)}`;
  return [
    rule('REVERT THIS ONE', view.columns, view),
    BLANK,
    line('  ', span(what, 'title')),
    line(span(`  ${whose}`, 'dim')),
    BLANK,
    line(
      '  ',
      span(pressFor(state.settings.keys, 'revert-one', 'confirm', 'y'), 'key'),
      '    restores the original and reads it again',
    ),
    line('  ', span('esc', 'key'), '  leaves it'),
  ];
}
