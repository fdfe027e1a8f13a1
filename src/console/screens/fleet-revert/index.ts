import { BACK, EMERGENCY, HELP } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { fleetQuestion } from './lines.ts';

const isNaming = ({ fleet }: ConsoleState): boolean => (fleet.asked?.unnamed.length ?? 0) > 0;

function notYet(state: ConsoleState): string | undefined {
  const { asked } = state.fleet;
  if (isNaming(state)) return 'the name of a protected cluster is not typed yet';
  return asked !== undefined && asked.names.length > asked.left.length ? undefined : 'no cluster to revert';
}

/** Asked before the marked clusters are reverted. */
export const fleetRevert: ScreenFolder<'fleet-revert'> = {
  id: 'fleet-revert',
  keys: [
    EMERGENCY,
    { id: 'confirm', keys: ['y'], says: 'revert them', danger: true, hint: 1, locked: notYet },
    {
      id: 'answer',
      keys: ['enter'],
      says: 'go on',
      hint: 2,
      locked: state => (isNaming(state) ? undefined : 'there is no name to type'),
    },
    HELP,
    { ...BACK, keys: ['esc'] },
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, fleetQuestion(state, view, { columns, rows })),
  commands: ({ fleet }) => ({ confirm: fleet.revert, answer: fleet.answer }),
  typing: isNaming,
  type: ({ fleet }, text) => fleet.type(text),
  erase: ({ fleet }) => fleet.erase(),
};
