import { wrapWhole } from '../../../text/wrap.ts';
import { BACK, EMERGENCY } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import { BLANK, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { ScreenFolder } from '../screen.ts';

const writeLock = ({ save, settings }: ConsoleState): string | undefined => {
  if (save.phase === 'writing') return 'it is being written';
  if (save.phase === 'taken')
    return `${pressFor(settings.keys, 'save', 'replace', 'y')} replaces the file, esc lets you name another`;
  return save.path.trim() === '' ? 'expected a path' : undefined;
};
const replaceLock = ({ save }: ConsoleState): string | undefined =>
  save.phase === 'taken' ? undefined : 'nothing would be replaced';

/** Asks where to write an experiment, and whether to replace what is there. */
export const save: ScreenFolder<'save'> = {
  id: 'save',
  keys: [
    EMERGENCY,
    { id: 'write', keys: ['enter'], says: 'write it', hint: 1, locked: writeLock },
    { id: 'replace', keys: ['y'], says: 'replace the file', hint: 2, locked: replaceLock },
    { ...BACK, keys: ['esc'] },
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, lines(state, view, columns)),
  commands: ({ saving }) => ({ write: () => saving.write(false), replace: () => saving.write(true) }),
  leave: ({ saving }) => saving.back(),
  typing: ({ save: { phase } }) => phase !== 'taken',
  type: ({ saving }, text) => saving.type(text),
  erase: ({ saving }) => saving.erase(),
};

function lines({ save: { path, phase, message }, settings }: ConsoleState, view: View, columns: number): Line[] {
  const wrapped = (text: string, tone: 'bad' | 'warn' | 'dim'): Line[] =>
    wrapWhole(text, columns - 2).map(part => line('  ', span(part, tone)));
  return [
    rule('WRITE AS A FILE', columns, view, '', true),
    BLANK,
    line('  ', span(path), span('_', 'key')),
    BLANK,
    ...wrapped('a ChaosExperiment in YAML: validate, plan and run take it, and so does the framework', 'dim'),
    ...(phase === 'writing' ? wrapped('writing…', 'dim') : []),
    ...(phase === 'failed' ? wrapped(`not written: ${message}; nothing is lost, try another path`, 'bad') : []),
    ...(phase === 'taken'
      ? [
          ...wrapped('a file of that name exists', 'warn'),
          line('  ', span(pressFor(settings.keys, 'save', 'replace', 'y'), 'key'), '    replaces it'),
          line('  ', span('esc', 'key'), '  lets you name another'),
        ]
      : []),
  ];
}
