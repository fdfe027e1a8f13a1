import { BACK, EMERGENCY, MOVING, QUIT } from '../../keymap/key.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { helpLines, helpWindow } from './lines.ts';

/** Every key of every screen. */
export const help: ScreenFolder<'help'> = {
  id: 'help',
  keys: [EMERGENCY, ...MOVING, BACK, QUIT],
  body(state, view, { columns, rows }, screens) {
    const from = state.screens.at(-2) ?? 'deck';
    const lines = helpLines(view, { screens, from, isAscii: state.settings.ascii, remap: state.settings.keys ?? {} });
    return pane(columns, rows, helpWindow(lines, state.helpTop, rows));
  },
  move({ context: { store } }, by) {
    const most = 1_000;
    const { helpTop } = store.getState();
    store.setState({ helpTop: Math.max(0, Math.min(most, helpTop + by)) });
  },
};
