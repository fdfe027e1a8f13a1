import { EVERYWHERE, type Key, MOVING, STREAM } from '../../keymap/key.ts';
import { remappedKey } from '../../keymap/remap.ts';
import type { Now } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import type { ScreenFolder } from '../screen.ts';

/** One action of the screen under the menu, and why it does nothing now. */
export interface Action {
  key: Key;
  reason: string | undefined;
}

/** Keys that only move, lead elsewhere or end the console. Those of a text that is typed are left out too: none is while the menu is open. */
const NO_ACTIONS = new Set([
  ...[...MOVING, ...STREAM, ...EVERYWHERE].map(({ id }) => id),
  ...['back', 'help', 'quit', 'palette', 'actions', 'detail-up', 'detail-down', 'mayday'],
]);

/** Every action of a screen on its row, from the screen's own key table and locks: what can be done first. */
export function actionsOf(screen: ScreenFolder, state: ConsoleState, now: Now): Action[] {
  const all = screen.keys
    .filter(({ id, inText }) => inText !== true && !NO_ACTIONS.has(id))
    .map(key => remappedKey(key, screen.id, state.settings.keys ?? {}))
    .map(key => ({ key, reason: key.locked?.(state, now) }));
  return [...all.filter(({ reason }) => reason === undefined), ...all.filter(({ reason }) => reason !== undefined)];
}
