import { INJECT, listKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { objectLines } from './lines.ts';

const noLog = ({ object }: ConsoleState): string | undefined =>
  (object.inspection?.containers.length ?? 0) > 0 ? undefined : 'only pods have logs';

/** One object: conditions, containers, events, owners, who wrote it; its YAML; its logs. */
export const object: ScreenFolder<'object'> = {
  id: 'object',
  title: 'OBJECT',
  isOfCluster: () => true,
  keys: listKeys([
    { id: 'about', keys: ['d'], says: 'describe', hint: 1 },
    { id: 'yaml', keys: ['v'], says: 'YAML', hint: 2 },
    { id: 'log', keys: ['L'], says: 'log', hint: 3, locked: noLog },
    { id: 'container', keys: ['tab'], says: 'next container', locked: noLog },
    { id: 'previous', keys: ['p'], says: 'log before the restart', locked: noLog },
    { id: 'follow', keys: ['f'], says: 'follow the log', locked: noLog },
    { ...INJECT, hint: 4 },
    { id: 'owner', keys: ['o'], says: 'owner', hint: 4 },
    { id: 'copy', keys: ['y'], says: 'copy the name' },
    { id: 'again', keys: ['c'], says: 'read again', hint: 5 },
  ]),
  body: (state, view, { columns, rows }) => pane(columns, rows, objectLines(state, view, columns, rows)),
  subject: ({ object: { trail } }) => trail.at(-1),
  commands: ({ objects }) => ({
    about: () => objects.show('about'),
    yaml: () => objects.show('yaml'),
    log: () => objects.show('log'),
    container: objects.nextContainer,
    previous: objects.previous,
    follow: objects.follow,
    owner: objects.owner,
    copy: objects.copyName,
    again: objects.again,
  }),
  move: ({ objects }, by) => objects.scroll(by),
  leave: ({ objects }) => objects.back(),
};
