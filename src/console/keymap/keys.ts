import { SCREENS, type ScreenId } from '../screens/registry.ts';
import { goTo, type ScreenFolder, screenKeys } from '../screens/screen.ts';
import type { ConsoleState } from '../store/state.ts';
import { ACTIONS, EVERYWHERE, type Key, PALETTE, ROUND } from './key.ts';

/** The screen of that id. */
export function screenFolder(id: ScreenId): ScreenFolder {
  return SCREENS.find(screen => screen.id === id) ?? SCREENS[0];
}

/** All keys of a screen, its own first. */
export const keysOn = (screen: ScreenFolder): readonly Key[] => [
  ...screen.keys,
  ...(screen.title === undefined
    ? []
    : [actionsKey(screen), ...DIGITS.filter(({ id }) => id !== goTo(screen.id)), ...ROUND]),
  ...EVERYWHERE,
];

const actionsKey = ({ keys }: ScreenFolder): Key => ({
  ...ACTIONS,
  keys: ACTIONS.keys.filter(press => !keys.some(key => key.keys.includes(press))).slice(0, 1),
});

/** A question is answered before another screen is opened. */
const DIGITS = [PALETTE, ...screenKeys(SCREENS)];

/** Two meanings for one key on one screen are a mistake in a table; found at start, told as one line each. */
export function keyConflicts(screens: readonly ScreenFolder[]): string[] {
  const conflicts: string[] = [];
  for (const screen of screens) {
    const taken = new Map<string, string>();
    for (const key of keysOn(screen)) {
      for (const press of key.keys) {
        const other = taken.get(press);
        if (other !== undefined)
          conflicts.push(`expected one meaning for "${press}" on ${screen.id}, found ${other} and ${key.id}`);
        taken.set(press, key.id);
      }
    }
  }
  return conflicts;
}

/** Whether letters belong to a text that is being typed. */
export const isTyping = (state: ConsoleState, id: ScreenId): boolean => screenFolder(id).typing?.(state) ?? false;

/** The key a press means on this screen. While a text is typed, letters belong to it. */
export function keyFor(state: ConsoleState, id: ScreenId, press: string): Key | undefined {
  if (isTyping(state, id) && press.length === 1 && press !== '!') return undefined;
  return keysOn(screenFolder(id)).find(key => key.keys.includes(press));
}
