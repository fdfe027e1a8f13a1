import { wrapWhole } from '../../../text/wrap.ts';
import { BACK, EMERGENCY, HELP } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import { BLANK, type Line, line, span, type Tone } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { ScreenFolder } from '../screen.ts';
import { fixLock } from './fixing.ts';

/** Asked before a fix of triage's changes the cluster. */
export const fix: ScreenFolder<'fix'> = {
  id: 'fix',
  isOfCluster: () => true,
  keys: [
    EMERGENCY,
    { id: 'confirm', keys: ['y'], says: 'do it', danger: true, hint: 1, locked: fixLock },
    {
      id: 'another',
      keys: ['tab'],
      says: 'another fix',
      hint: 2,
      locked: ({ fix: { plan } }) => ((plan?.others.length ?? 0) > 0 ? undefined : 'there is no other fix'),
    },
    HELP,
    BACK,
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, fixLines(state, view, columns)),
  commands: ({ fixing }) => ({ confirm: fixing.confirm, another: fixing.another }),
};

function fixLines({ settings, fix: { phase, plan, end, message } }: ConsoleState, view: View, columns: number): Line[] {
  const say = (text: string, tone: Tone = 'plain', indent = 2): Line[] =>
    wrapWhole(text, columns - indent).map(part => line(' '.repeat(indent), span(part, tone)));
  const head = [rule('FIX', columns, view), BLANK];
  if (phase === 'failed')
    return [
      ...head,
      ...say(message, 'bad'),
      BLANK,
      line('  ', span('esc', 'key'), '  back: every fix stands there, with its command to copy'),
    ];
  if (!plan) return [...head, ...say('reading the object and planning…', 'dim')];
  return [
    ...head,
    ...say(`${plan.fix}: ${plan.object}`, 'title'),
    ...say(plan.about),
    BLANK,
    ...plan.writes.flatMap(text => say(text, 'chaos', 4)),
    ...plan.warnings.flatMap(text => say(`but: ${text}`, 'warn', 4)),
    ...say(`undo: ${plan.undo}`, 'dim', 4),
    BLANK,
    ...(end ? end.lines.flatMap(text => say(text, end.isDone ? 'ok' : 'bad')) : []),
    ...(phase === 'doing' ? say('writing, then reading again…', 'warn') : []),
    ...(phase === 'asking'
      ? [
          line('  ', span(pressFor(settings.keys, 'fix', 'confirm', 'y'), 'key'), '    does it'),
          line('  ', span('esc', 'key'), '  leaves it'),
        ]
      : []),
    ...(phase === 'asking' && plan.others.length > 0
      ? [
          line(
            '  ',
            span(pressFor(settings.keys, 'fix', 'another', 'tab'), 'key'),
            `  instead: ${plan.others.join(', ')}`,
          ),
        ]
      : []),
  ];
}
