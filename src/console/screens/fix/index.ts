import { wrapWhole } from '../../../text/wrap.ts';
import { BACK, EMERGENCY, HELP } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import { BLANK, type Line, line, span, type Tone } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { ScreenFolder } from '../screen.ts';
import { fixLock, nameToType, putBackLock } from './fixing.ts';

/** Enter alone changes nothing: it is for the name that a protected context needs. */
const namedLock = (state: ConsoleState): string | undefined =>
  nameToType(state) === undefined ? 'press y' : fixLock(state);

/** Asked before a fix of triage's changes the cluster. */
export const fix: ScreenFolder<'fix'> = {
  id: 'fix',
  isOfCluster: () => true,
  keys: [
    EMERGENCY,
    { id: 'confirm', keys: ['y'], says: 'do it', danger: true, hint: 1, locked: fixLock },
    { id: 'confirm-named', keys: ['enter'], says: 'do it', hint: 1, inText: true, locked: namedLock },
    { id: 'put-back', keys: ['u'], says: 'put back what was deleted', danger: true, locked: putBackLock },
    {
      id: 'another',
      keys: ['tab'],
      says: 'another fix',
      hint: 2,
      locked: ({ fix: { plan } }) => ((plan?.others.length ?? 0) > 0 ? undefined : 'there is no other fix'),
    },
    HELP,
    { ...BACK, keys: ['esc'] },
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, fixLines(state, view, columns)),
  commands: ({ fixing }) => ({
    confirm: fixing.confirm,
    'confirm-named': fixing.confirm,
    another: fixing.another,
    'put-back': fixing.putBack,
  }),
  typing: state => nameToType(state) !== undefined,
  type: ({ fixing }, text) => fixing.type(text),
  erase: ({ fixing }) => fixing.erase(),
};

function fixLines(state: ConsoleState, view: View, columns: number): Line[] {
  const { phase, plan, end, message } = state.fix;
  const head = [rule('FIX', columns, view), BLANK];
  if (phase === 'failed')
    return [
      ...head,
      ...say(message, 'bad', columns),
      BLANK,
      line('  ', span('esc', 'key'), '  back: every fix stands there, with its command to copy'),
    ];
  if (!plan) return [...head, ...say('reading the object and planning…', 'dim', columns)];
  return [
    ...head,
    ...say(plan.title, 'title', columns),
    ...say(plan.about, 'plain', columns),
    BLANK,
    ...plan.writes.flatMap(text => say(text, 'chaos', columns, 4)),
    ...plan.warnings.flatMap(text => say(`but: ${text}`, 'warn', columns, 4)),
    // The receipt says it again, with the name of the file.
    ...(end ? [] : say(`undo: ${plan.undo}`, 'dim', columns, 4)),
    BLANK,
    ...(end ? endLines(state, columns) : []),
    ...(phase === 'doing' ? say('writing, then reading again…', 'warn', columns) : []),
    ...(phase === 'asking' ? questionLines(state, columns) : []),
  ];
}

const say = (text: string, tone: Tone, columns: number, indent = 2): Line[] =>
  wrapWhole(text, columns - indent).map(part => line(' '.repeat(indent), span(part, tone)));

function endLines({ settings, fix: { end } }: ConsoleState, columns: number): Line[] {
  if (!end) return [];
  return [
    ...end.lines.flatMap(text => say(text, end.isDone ? 'ok' : 'bad', columns)),
    BLANK,
    line('  ', span('esc', 'key'), '  back to triage, which looks again'),
    ...(end.saved === undefined
      ? []
      : [line('  ', span(pressFor(settings.keys, 'fix', 'put-back', 'u'), 'key'), '    puts back what was deleted')]),
  ];
}

function questionLines(state: ConsoleState, columns: number): Line[] {
  const { settings, fix } = state;
  const name = nameToType(state);
  const others = (fix.plan?.others ?? []).map(({ title }) => title);
  return [
    ...(name === undefined
      ? [line('  ', span(pressFor(settings.keys, 'fix', 'confirm', 'y'), 'key'), '    does it')]
      : [
          line('  ', span(`${name} is protected: type its name, then enter`, 'warn')),
          line('  ', span('> ', 'dim'), span(`${fix.typed}_`, 'accent')),
        ]),
    line('  ', span('esc', 'key'), '  leaves it'),
    ...(others.length === 0 ? [] : otherLines(pressFor(settings.keys, 'fix', 'another', 'tab'), others, columns)),
  ];
}

/** The key to the next fix, and what all others do. */
const otherLines = (key: string, others: readonly string[], columns: number): Line[] =>
  wrapWhole(`instead: ${others.join('; ')}`, columns - 7).map((part, row) =>
    line('  ', row === 0 ? span(key, 'key') : '   ', '  ', part),
  );
