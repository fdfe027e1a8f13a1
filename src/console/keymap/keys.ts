import { SCREENS, type ScreenId } from '../screens/registry.ts';
import { goTo, type ScreenFolder, screenKeys } from '../screens/screen.ts';
import type { ConsoleState } from '../store/state.ts';
import { ACTIONS, EVERYWHERE, type Key, PALETTE, ROUND } from './key.ts';
import { firstConflict, type Remap, remappedKey } from './remap.ts';

/** The screen of that id. */
export function screenFolder(id: ScreenId): ScreenFolder {
  return SCREENS.find(screen => screen.id === id) ?? SCREENS[0];
}

/** All keys of a screen, its own first. */
export function keysOn(screen: ScreenFolder, remap: Remap = {}): readonly Key[] {
  const tables = [
    ...screen.keys,
    ...(screen.title === undefined ? [] : DIGITS.filter(({ id }) => id !== goTo(screen.id))),
    ...EVERYWHERE,
  ].map(key => remappedKey(key, screen.id, remap));
  if (screen.title === undefined) return tables;
  const taken = new Set(tables.flatMap(({ keys }) => keys));
  const round = [ACTIONS, ...ROUND].map(key => remappedKey(key, screen.id, remap));
  // If the screen's own table uses a press for something else, the shared command keeps its other press.
  return [
    ...tables,
    ...round.flatMap(key => {
      const isOwn = remap[key.id] !== undefined || remap[`${screen.id}.${key.id}`] !== undefined;
      const keys = isOwn ? key.keys : key.keys.filter(press => !taken.has(press));
      return keys.length === 0 ? [] : [{ ...key, keys: key.id === ACTIONS.id ? keys.slice(0, 1) : keys }];
    }),
  ];
}

/** A question is answered before another screen is opened. */
const DIGITS = [PALETTE, ...screenKeys(SCREENS)];

/** Two commands on one key of one screen are an error in a table; found at start and reported in one line. */
export function keyConflict(screens: readonly ScreenFolder[]): string | undefined {
  const found = firstConflict(screens, {}, keysOn);
  return found && `expected one meaning for "${found.press}" on ${found.screen}, found ${found.ids.join(' and ')}`;
}

/** Whether letters belong to a text that is being typed. */
export const isTyping = (state: ConsoleState, id: ScreenId): boolean => screenFolder(id).typing?.(state) ?? false;

/** Whether a text takes this press for itself. */
const isOfText = (press: string): boolean => press.length === 1 && press !== '!';

/** The keys for the key line: all of the screen, or, while a text is typed, those that it leaves free. */
export function keysToShow(state: ConsoleState, id: ScreenId): readonly Key[] {
  const keys = keysOn(screenFolder(id), state.settings.keys);
  if (!isTyping(state, id)) return keys.filter(({ inText }) => inText !== true);
  return keys.flatMap(key => {
    const free = key.keys.filter(press => keyFor(state, id, press)?.id === key.id);
    return free.length === 0 ? [] : [{ ...key, keys: free }];
  });
}

/** The key a press means on this screen. While a text is typed, letters belong to it, and the keys of the text go first. */
export function keyFor(state: ConsoleState, id: ScreenId, press: string): Key | undefined {
  const typing = isTyping(state, id);
  if (typing && isOfText(press)) return undefined;
  const keys = keysOn(screenFolder(id), state.settings.keys).filter(key => key.keys.includes(press));
  return keys.find(({ inText = false }) => inText === typing) ?? keys[0];
}
