import { wrap } from '../../../text/wrap.ts';
import {
  ACTIONS,
  BACK,
  EMERGENCY,
  EVERYWHERE,
  HELP,
  type Key,
  MOVING,
  PALETTE,
  QUIT,
  ROUND,
  STREAM,
} from '../../keymap/key.ts';
import { type Remap, remappedKey } from '../../keymap/remap.ts';
import { beside, cell, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { type ScreenFolder, screenKeys } from '../screen.ts';

const NAMES: Record<string, string> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  ' ': 'space',
};

/** Where the words of a key begin, and the mark of one that changes the cluster. */
const SAYS_AT = 18;
const WRITES = '(writes)';

/** How a key is written on the screen. */
export function keyName(press: string, isAscii: boolean): string {
  const name = NAMES[press];
  return name === undefined || (isAscii && name.length === 1) ? press : name;
}

/** What the help is told. `from` is the screen it was opened over: its keys come first. */
export interface HelpAsked {
  screens: readonly ScreenFolder[];
  from: string;
  isAscii: boolean;
  remap?: Remap;
}

/** Every key, by screen, from the key tables; keys that most screens share are listed once. Any number of rows. */
export function helpLines(view: View, { screens, from, isAscii, remap = {} }: HelpAsked): Line[] {
  const titled = screens.filter(screen => screen.title !== undefined);
  const inOrder = [...titled.filter(({ id }) => id === from), ...titled.filter(({ id }) => id !== from)];
  const digits = [PALETTE, ACTIONS, ...screenKeys(screens)];
  const shared = [EMERGENCY, ...MOVING, ...STREAM, HELP, BACK, QUIT, ...ROUND, ...EVERYWHERE];
  const half = Math.floor((view.columns - 2) / 2);
  const keyRows = (screen: string, table: Key): Line[] => {
    const key = remappedKey(table, screen, remap);
    const presses = key.keys.map(press => keyName(press, isAscii)).join(' ');
    const marked = key.danger === true ? `${key.says} ${WRITES}` : key.says;
    return wrap(marked, half - SAYS_AT).map((part, i) => {
      const says = part.endsWith(WRITES) ? part.slice(0, -WRITES.length) : part;
      return line(
        '  ',
        span(cell(i === 0 ? presses : '', SAYS_AT - 3), 'key'),
        ` ${says}`,
        says !== part && span(WRITES, 'bad'),
      );
    });
  };
  const group = (title: string, keys: readonly Key[], screen = ''): Line[] =>
    keys.length === 0 ? [] : [rule(title, half, view), ...keys.flatMap(key => keyRows(screen, key))];
  const right = [...group('SCREENS', digits), ...group('EVERYWHERE', shared)];
  const left = inOrder.flatMap(({ id, title = '', keys }) =>
    group(
      title,
      keys.filter(key => !shared.includes(key)),
      id,
    ),
  );
  const words = [
    '',
    'A key that changes the cluster takes one',
    'single press; pasted text never counts.',
    'Enter never changes it.',
    'A key that does nothing now says why.',
  ];
  return beside(left, half, [...right, ...words.map(text => line(span(text, 'dim')))], half);
}

/** What of the help is in sight, and a row that says how much is not. */
export function helpWindow(lines: readonly Line[], top: number, rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  const room = Math.max(1, rows - 1);
  const first = Math.min(top, lines.length - room);
  const below = lines.length - first - room;
  const note = below > 0 ? `${below} more rows below` : 'the end';
  return [...lines.slice(first, first + room), line(span(`  ${note}`, 'dim'))];
}
