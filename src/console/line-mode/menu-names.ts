import { keysOn } from '../keymap/keys.ts';
import type { Remap } from '../keymap/remap.ts';
import { SCREENS } from '../screens/registry.ts';

/** Commands that are typed here by a letter, as on the full screen, whatever the menu says. */
const BY_LETTER = new Set(['mayday', 'revert-all', 'quit', 'back', 'help', 'interrupt']);

/**
 * In menus there are no keys: `8 begins one` would send a person to the eighth line of the menu. A sentence names the words of the menu
 * instead, which are those of the key table.
 */
export const menuNamesForKeys = (): Remap =>
  Object.fromEntries(
    SCREENS.flatMap(screen =>
      keysOn(screen).flatMap(({ id, says }) => (BY_LETTER.has(id) ? [] : [[`${screen.id}.${id}`, [`"${says}"`]]])),
    ),
  );
