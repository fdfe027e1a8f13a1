import { BACK, EMERGENCY, EVERYWHERE, HELP, type Key, MOVING, QUIT, STREAM } from '../../keymap/key.ts';
import { beside, cell, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { ScreenFolder } from '../screen.ts';

const NAMES: Record<string, string> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
};

/** How a key is written on the screen. */
export function keyName(press: string, isAscii: boolean): string {
  const name = NAMES[press];
  return name === undefined || (isAscii && name.length === 1) ? press : name;
}

/** Every key, by screen, from the key tables themselves. What most screens share is told once. */
export function helpLines(view: View, isAscii: boolean, screens: readonly ScreenFolder[]): Line[] {
  const titled = screens.filter(screen => screen.title !== undefined);
  const shared = [EMERGENCY, ...MOVING, ...STREAM, HELP, BACK, QUIT, ...EVERYWHERE];
  const keyRow = (key: Key): Line =>
    line(
      '  ',
      span(cell(key.keys.map(press => keyName(press, isAscii)).join(' '), 15), 'key'),
      ` ${key.says}`,
      key.danger === true && span(' (writes)', 'bad'),
    );
  const half = Math.floor((view.columns - 2) / 2);
  const group = (title: string, keys: readonly Key[]): Line[] =>
    keys.length === 0 ? [] : [rule(title, half, view), ...keys.map(keyRow)];
  const right = group('EVERYWHERE', shared);
  const left = titled.flatMap(({ title = '', keys }) =>
    group(
      title,
      keys.filter(key => !shared.includes(key)),
    ),
  );
  const words = [
    '',
    'A key that changes the cluster takes one',
    'single press; pasted text never counts.',
    'Enter never fires.',
    'A key that does nothing now says why.',
  ];
  return beside(left, half, [...right, ...words.map(text => line(span(text, 'dim')))], half);
}
