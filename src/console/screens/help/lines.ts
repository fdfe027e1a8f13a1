import { KEYS, type Key, keysOn } from '../../keymap/keys.ts';
import type { Screen } from '../../store/state.ts';
import { beside, cell, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';

const TITLES: readonly (readonly [Screen, string])[] = [
  ['deck', 'DECK'],
  ['experiments', 'EXPERIMENTS'],
  ['plan', 'PLAN'],
  ['mayday', 'MAYDAY'],
];

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

/** Every key, by screen, from the key table itself. Moving keys are told once. */
export function helpLines(view: View, isAscii: boolean): Line[] {
  const isEverywhere = (key: Key): boolean =>
    key.on === 'everywhere' || TITLES.every(([screen]) => key.on.includes(screen)) || key.on.length >= 3;
  const row = (key: Key): Line =>
    line(
      '  ',
      span(cell(key.keys.map(press => keyName(press, isAscii)).join(' '), 15), 'key'),
      ` ${key.says}`,
      key.danger === true && span(' (writes)', 'bad'),
    );
  const half = Math.floor((view.columns - 2) / 2);
  const group = (title: string, keys: readonly Key[]): Line[] =>
    keys.length === 0 ? [] : [rule(title, half, view), ...keys.map(row)];
  const right = group('EVERYWHERE', KEYS.filter(isEverywhere));
  const left = TITLES.flatMap(([screen, title]) =>
    group(
      title,
      keysOn(KEYS, screen).filter(key => !isEverywhere(key)),
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
