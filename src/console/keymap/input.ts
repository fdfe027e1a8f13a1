import type { Key as InkKey } from 'ink';

/** One press as the key table names it, or text that arrived in one piece and therefore is no command. */
export type Press = { is: 'key'; name: string; times: number } | { is: 'text'; text: string };

const NAMED: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Keys that may repeat within one event, as a held key on a slow line does; `!` only ever opens the emergency screen that way. */
const REPEATABLE = /^(j+|k+|!+|\[+|\]+)$/;

/** Reads one input event. Several characters at once are a paste or a burst: never a command, unless they repeat one moving key. */
export function pressOf(input: string, key: InkKey): Press | undefined {
  for (const [flag, name] of NAMED) if (key[flag] === true) return { is: 'key', name, times: 1 };
  if (key.ctrl && input.length === 1) return { is: 'key', name: `ctrl-${input.toLowerCase()}`, times: 1 };
  if (key.meta || input === '') return undefined;
  if ([...input].length === 1) return { is: 'key', name: input, times: 1 };
  if (REPEATABLE.test(input)) return { is: 'key', name: input[0] ?? '', times: input.length };
  return { is: 'text', text: input };
}
