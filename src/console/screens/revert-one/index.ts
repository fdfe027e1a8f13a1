import { BACK, EMERGENCY, HELP } from '../../keymap/key.ts';
import { revertOneLock } from '../../store/select.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { revertOneLines } from './lines.ts';

/** Asked before one fault is reverted. */
export const revertOne: ScreenFolder<'revert-one'> = {
  id: 'revert-one',
  keys: [
    EMERGENCY,
    { id: 'confirm', keys: ['y'], says: 'revert it', danger: true, hint: 1, locked: revertOneLock },
    HELP,
    BACK,
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, revertOneLines(state, view)),
  commands: ({ emergency }) => ({ confirm: emergency.revertOne }),
};
