import type { CheckType, SteadyStateCheck } from '../../../experiment/types.ts';
import { FAULT_RULES } from '../../../faults/types.ts';
import type { Draft } from '../../../suggest/draft.ts';
import { type FormField, formFields } from '../../../suggest/form.ts';
import { width } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor, type Remap } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, cell, itemLine, type Line, line, select, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { FormView } from '../inject/view.ts';
import type { Size } from '../screen.ts';

const LABEL = 18;

/** The form of an experiment: each field with its error, in the words of `validate`, and the overall result. */
export function draftLines(
  { inject: { form }, settings: { keys } }: ConsoleState,
  view: View,
  { columns, rows }: Size,
): Line[] {
  if (!form) return [rule('INJECT', columns, view, '', true), line(span('  nothing is filled in', 'dim'))];
  const { draft, judged } = form;
  const head = [titleRule(draft, view, columns)];
  const foot = [BLANK, ...aboutLines(draft, columns), ...stepLines(form, keys, view, columns)];
  const fields = formFields(draft).flatMap(field =>
    fieldLines(field, judged?.problems[field.key], { isChosen: field.key === form.field, view, columns }).map(one =>
      itemLine(one, 'fields', field.key),
    ),
  );
  const at = Math.max(
    0,
    fields.findIndex(({ selected }) => selected),
  );
  const { first, last } = windowOf(fields.length, at, rows - head.length - foot.length);
  return [...head, ...fields.slice(first, last), ...foot];
}

/** The name of the object is kept longest; that nothing is written yet is said where there is room. */
function titleRule({ type, target }: Draft, view: View, columns: number): Line {
  const start = `INJECT ${type} ${view.glyphs.arrow} `;
  const title = start + cell(target.resource, Math.max(8, columns - width(start) - 1), 'left', 'middle').trimEnd();
  const note = 'nothing is written yet';
  return rule(title, columns, view, columns - width(title) > note.length + 2 ? note : '', true);
}

function fieldLines(
  { label, value, isRequired }: FormField,
  problem: string | undefined,
  { isChosen, view, columns }: { isChosen: boolean; view: View; columns: number },
): Line[] {
  const room = columns - LABEL - 4;
  // What is being typed is at the end of the text.
  const typed = isChosen ? `${value}_` : value;
  const shown =
    typed === ''
      ? span(isRequired ? '' : 'the default', 'dim')
      : span(cell(typed, Math.max(10, room), 'left', 'middle').trimEnd());
  const mark = problem === undefined ? ' ' : view.glyphs.states.fail;
  const row = line(
    isChosen ? view.glyphs.cursor : ' ',
    span(`${mark} `, 'bad'),
    span(cell(label, LABEL - 1), isChosen ? 'title' : 'dim'),
    ' ',
    shown,
  );
  const words = problem === undefined ? [] : wrap(problem, Math.max(10, room));
  return [isChosen ? select(row) : row, ...words.map(text => line(' '.repeat(LABEL + 3), span(text, 'bad')))];
}

const CHECK_WORDS: Readonly<Record<CheckType, (check: SteadyStateCheck) => string>> = {
  conditionTrue: ({ conditionType }) => conditionType ?? '',
  resourceExists: () => 'exists',
  fieldEquals: ({ fieldPath, expectedValue }) => `${fieldPath} is ${expectedValue}`,
};

/** What the experiment checks and expects, and who ends it. */
function aboutLines(draft: Draft, columns: number): Line[] {
  const { check, type, description } = draft;
  const rules = FAULT_RULES[type];
  const about = (label: string, text: string): Line[] =>
    wrap(text, columns - LABEL - 4).map((part, i) =>
      line(span(`   ${cell(i === 0 ? label : '', LABEL - 1)} `, 'dim'), part),
    );
  const where = check.namespace === undefined ? '' : `${check.namespace}/`;
  return [
    ...about('checks', `${check.kind} ${where}${check.name} ${CHECK_WORDS[check.type](check)}`),
    ...about('expects', description),
    ...about(
      'ends',
      rules.leaves === 'nothing' ? 'at once: there is nothing to revert' : 'at the TTL, or when somebody reverts it',
    ),
  ];
}

function stepLines({ judged, isReading }: FormView, keys: Remap | undefined, view: View, columns: number): Line[] {
  const others = (judged?.others ?? []).flatMap(text =>
    wrap(text, columns - 4).map(part => line('  ', span(part, 'bad'))),
  );
  const count = Object.keys(judged?.problems ?? {}).length + (judged?.others.length ?? 0);
  if (!judged || isReading) return [line(span(`  ${view.glyphs.states.wait} counting the pods in reach…`, 'dim'))];
  if (count > 0)
    return [...others, line(span(`  ${view.glyphs.states.fail} ${count} to correct before there is a plan`, 'warn'))];
  const press = pressFor(keys, 'draft', 'plan', 'enter');
  const says = 'shows the plan: what is written, which pods are in reach, what is permitted';
  return wrap(says, columns - width(press) - 3).map((part, i) =>
    line('  ', span(i === 0 ? press : ' '.repeat(width(press)), 'key'), ` ${part}`),
  );
}
