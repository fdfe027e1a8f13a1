import { BACK, EMERGENCY, MOVING, QUIT } from '../../keymap/key.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { helpLines } from './lines.ts';

/** Every key of every screen. */
export const help: ScreenFolder<'help'> = {
  id: 'help',
  keys: [EMERGENCY, ...MOVING, BACK, QUIT],
  body: (state, view, { columns, rows }, screens) =>
    pane(columns, rows, helpLines(view, state.settings.ascii, screens)),
};
