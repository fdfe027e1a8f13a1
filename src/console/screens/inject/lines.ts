import { FAULT_RULES } from '../../../faults/types.ts';
import { nameOf } from '../../../k8s/object-ref.ts';
import type { Suggestion } from '../../../suggest/suggested.ts';
import { parseDuration } from '../../../text/duration.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, type Span, select, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import { clock } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { dangerSpan } from '../experiments/list.ts';
import type { Size } from '../screen.ts';
import { chosenSuggestion, shownSuggestions } from './view.ts';

/** Every fault for the object: danger, expectation, what ends it and its parameters; or why it does not fit. */
export function injectLines(state: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const { inject } = state;
  const name = inject.ref ? sanitise(nameOf(inject.ref)) : '';
  const shown = shownSuggestions(state);
  const fitting = shown.filter(({ fits }) => fits).length;
  const many = inject.suggested === undefined ? '' : `${fitting} fit, ${shown.length - fitting} do not`;
  const head = [
    rule(`INJECT into ${name}`, columns, view, many, true),
    line(
      span('/', 'key'),
      span(inject.filter),
      span('_', 'key'),
      inject.filter === '' && span('  type letters to find a fault: pk is PodKill', 'dim'),
    ),
  ];
  if (inject.phase === 'reading') return [...head, line(span('  reading the object…', 'dim'))];
  if (inject.phase === 'failed') return [...head, line(span(`  not read: ${inject.message}`, 'bad'))];
  if (shown.length === 0) return [...head, line(span('  no fault of that name', 'dim'))];
  const chosen = chosenSuggestion(state)?.type;
  const at = Math.max(
    0,
    shown.findIndex(({ type }) => type === chosen),
  );
  const { first, last } = windowOf(shown.length, at, rows - head.length - 1);
  return [
    ...head,
    line(
      span(`  ${cell('fault', TYPE)} ${cell('danger', 6)} ${cell('expected', 9)} ${cell('ended by', 9)} `, 'dim'),
      span('filled in from the object', 'dim'),
    ),
    ...shown
      .slice(first, last)
      .map((one, i) =>
        itemLine(suggestionLine(one, inject.ref?.name ?? '', first + i === at, view, columns), 'suggestions', one.type),
      ),
  ];
}

const TYPE = 21;

function suggestionLine(one: Suggestion, object: string, isChosen: boolean, view: View, columns: number): Line {
  const cursor = isChosen ? view.glyphs.cursor : ' ';
  const room = Math.max(0, columns - TYPE - 31);
  const pieces: (string | Span)[] = one.fits
    ? [
        span(cell(one.type, TYPE), 'chaos'),
        ' ',
        cellSpan(dangerSpan(one.danger), 6),
        ' ',
        cell(one.expects, 9),
        ' ',
        cell(endText(one), 9),
        ' ',
        span(cell(parameterText(one.parameters, object), room), 'dim'),
      ]
    : [
        span(cell(one.type, TYPE), 'dim'),
        ' ',
        span(cell(`${view.glyphs.states.fail} ${one.reason}`, columns - TYPE - 4), 'dim'),
      ];
  const row = line(`${cursor} `, ...pieces);
  return isChosen ? select(row) : row;
}

const cellSpan = (of: Span, columns: number): Span => ({ ...of, text: cell(of.text, columns) });

/** What ends it when nobody else does. */
function endText({ type, draft }: Suggestion): string {
  const ttl = parseDuration(draft?.ttl ?? '');
  if (FAULT_RULES[type].leaves === 'nothing') return 'itself';
  return ttl === undefined ? 'nobody' : `TTL ${clock(ttl)}`;
}

/** What was filled in, without what only repeats the object; a name that is another object's is told. */
const parameterText = (parameters: Readonly<Record<string, string>>, object: string): string =>
  Object.entries(parameters)
    .filter(([name, value]) => !['apiVersion', 'kind'].includes(name) && !(name === 'name' && value === object))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
