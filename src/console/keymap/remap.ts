import type { ScreenFolder } from '../screens/screen.ts';
import type { Key } from './key.ts';

/** The keys that a person configured, by the id of the command, or by `screen.command` for one screen only. */
export type Remap = Readonly<Record<string, readonly string[]>>;

/** Keys that no configuration can remap: the emergency stop, quit and back. */
const ALWAYS: Readonly<Record<string, string>> = { mayday: '!', 'revert-all': '!', interrupt: 'ctrl-c', back: 'esc' };

/** A key of a screen's table as it is configured. */
export function remappedKey(key: Key, screen: string, remap: Remap): Key {
  const own = remap[`${screen}.${key.id}`] ?? remap[key.id];
  if (own === undefined) return key;
  const kept = ALWAYS[key.id];
  return { ...key, keys: kept === undefined || own.includes(kept) ? own : [...own, kept] };
}

/** The key of a command, for a sentence on the screen; `usual` if it is not configured. */
export const pressFor = (remap: Remap | undefined, screen: string, command: string, usual: string): string =>
  named(remap?.[`${screen}.${command}`]?.[0] ?? remap?.[command]?.[0] ?? usual);

/** A blank key needs a name. */
const named = (press: string): string => (press === ' ' ? 'space' : press);

const NAMED = /^(up|down|left|right|pageup|pagedown|home|end|enter|esc|tab|backspace|delete|ctrl-[a-z])$/;
const isPress = (text: string): boolean => [...text].length === 1 || NAMED.test(text);

/** The configured keys, as far as they can be used, and one line for each that cannot. */
export function readRemap(
  screens: readonly ScreenFolder[],
  given: Readonly<Record<string, string | readonly string[]>>,
  keysOn: (screen: ScreenFolder, remap: Remap) => readonly Key[],
): { remap: Remap; problems: string[] } {
  const remap = new Map<string, readonly string[]>();
  const problems: string[] = [];
  const known = screens.flatMap(screen => keysOn(screen, {}).map(key => ({ screen: screen.id, key })));
  for (const [command, value] of Object.entries(given)) {
    const presses = typeof value === 'string' ? [value] : value;
    const keys = known.flatMap(({ screen, key }) =>
      key.id === command || `${screen}.${key.id}` === command ? [key] : [],
    );
    const why = wrong(presses, keys);
    if (why === undefined) remap.set(command, presses);
    else problems.push(`keys.${command}: ${why}`);
  }
  // Two keys that swap places are no conflict, so the whole table is checked; of two that conflict the last one is
  // dropped.
  for (;;) {
    const found = firstConflict(screens, Object.fromEntries(remap), keysOn);
    if (found === undefined) return { remap: Object.fromEntries(remap), problems };
    const { press, screen, ids } = found;
    const guilty = [...remap.keys()].findLast(one => ids.some(id => one === id || one === `${screen}.${id}`));
    if (guilty === undefined) return { remap: Object.fromEntries(remap), problems };
    remap.delete(guilty);
    problems.push(
      `keys.${guilty}: "${press}" would mean ${ids.join(' and ')} on ${screen}: the default key is kept, choose another`,
    );
  }
}

function wrong(presses: readonly string[], keys: readonly Key[]): string | undefined {
  if (keys.length === 0) return 'there is no such command: docs/keys.md lists them';
  if (presses.length === 0) return 'expected a key, found an empty list';
  const odd = presses.find(press => !isPress(press));
  if (odd !== undefined) return `expected one character, ctrl-LETTER or the name of a key such as tab, found "${odd}"`;
  const long = presses.find(press => [...press].length !== 1);
  if (long !== undefined && keys.some(({ danger }) => danger))
    return `expected one single character for a key that changes the cluster, found "${long}"`;
  const stolen = presses.find(press =>
    keys.some(({ id }) => Object.values(ALWAYS).includes(press) && ALWAYS[id] !== press),
  );
  return stolen === undefined ? undefined : `"${stolen}" cannot be given to another command`;
}

/** One press with two meanings on one screen. */
export interface Conflict {
  press: string;
  screen: string;
  ids: readonly [string, string];
}

/** The first press that means two things on one screen. */
export function firstConflict(
  screens: readonly ScreenFolder[],
  remap: Remap,
  keysOn: (screen: ScreenFolder, remap: Remap) => readonly Key[],
): Conflict | undefined {
  for (const screen of screens) {
    // A key of a text may share its press with one that works while none is typed.
    const taken = { inText: new Map<string, string>(), outside: new Map<string, string>() };
    for (const key of keysOn(screen, remap)) {
      const before = key.inText ? taken.inText : taken.outside;
      for (const press of key.keys) {
        const other = before.get(press);
        if (other !== undefined) return { press, screen: screen.id, ids: [other, key.id] };
        before.set(press, key.id);
      }
    }
  }
  return undefined;
}
