import { ACTIONS, EVERYWHERE, type Key, MOVING, PALETTE, ROUND, STREAM } from '../../src/console/keymap/key.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';
import { type ScreenFolder, screenKeys } from '../../src/console/screens/screen.ts';

const row = ({ id, keys, says, danger }: Key): string =>
  `| ${keys.map(key => `\`${key === '|' ? '\\|' : key}\``).join(' ')} | ${says}${danger ? ' **(changes the cluster)**' : ''} | \`${id}\` |`;
const table = (keys: readonly Key[]): string[] => ['| key | does | command |', '|---|---|---|', ...keys.map(row), ''];

/** docs/keys.md: the keys of every screen, from the tables that the console itself uses. */
export function keysMarkdown(): string {
  const screens: readonly ScreenFolder[] = SCREENS;
  const shared = new Set<Key>([...MOVING, ...STREAM, ...EVERYWHERE]);
  return [
    '# Keys',
    '',
    'The same tables make the key line at the bottom of the screen and the help behind `?`. A key that does nothing now says why. A key',
    'that changes the cluster takes one single press: pasted text and several keys at once never count, and enter never fires. By the name of',
    'its command a key can be changed: see [configuration](configuration.md).',
    '',
    '## From screen to screen',
    '',
    ...table([PALETTE, ACTIONS, ...screenKeys(screens)]),
    '## Everywhere',
    '',
    ...table([...MOVING, ...STREAM, ...ROUND, ...EVERYWHERE]),
    ...screens.flatMap(({ id, title, keys }) => [
      `## ${title === undefined ? `The question \`${id}\`` : title[0] + title.slice(1).toLowerCase()}`,
      '',
      ...table(keys.filter(key => !shared.has(key))),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
