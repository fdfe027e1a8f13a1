import { BACK, EMERGENCY, HELP } from '../../keymap/key.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { quitLines } from './lines.ts';

/** Asked before quitting while our own faults are in the cluster. */
export const quit: ScreenFolder<'quit'> = {
  id: 'quit',
  keys: [
    EMERGENCY,
    { id: 'quit-revert', keys: ['r'], says: 'revert, then quit', danger: true, hint: 1 },
    { id: 'quit-leave', keys: ['l'], says: 'quit and leave them in the cluster', danger: true, hint: 2 },
    HELP,
    BACK,
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, quitLines(state, view)),
  commands: ({ quit: { revertAndEnd, leave } }) => ({ 'quit-revert': revertAndEnd, 'quit-leave': leave }),
};
