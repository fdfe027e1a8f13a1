import type { InspectionRow, InspectionSection } from '../../../health/inspect/inspection.ts';
import { nameOf } from '../../../k8s/object-ref.ts';
import { counted } from '../../../text/counted.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { breakAnywhere, wrapWhole } from '../../../text/wrap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { type Line, line, span, type Tone } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';

/** One object: its state and related objects, its YAML, or its log. */
export function objectLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { object } = state;
  const ref = object.trail.at(-1);
  const name = ref ? sanitise(nameOf(ref)) : '';
  const room = Math.max(0, rows - 1);
  if (object.shows === 'log') return logLines(state, view, name, { columns, rows });
  const all = object.shows === 'yaml' ? yamlLines(state, columns) : aboutLines(state, view, columns);
  const top = Math.max(0, Math.min(object.top, all.length - room));
  const below = all.length - top - room;
  const note = below > 0 ? `${below} more rows` : top > 0 ? 'the end' : '';
  return [
    rule(`${object.shows === 'yaml' ? 'YAML ' : ''}${name}`, columns, view, note, true),
    ...all.slice(top, top + room),
  ];
}

function aboutLines({ object }: ConsoleState, view: View, columns: number): Line[] {
  if (object.phase === 'reading') return [line(span('  reading…', 'dim'))];
  if (object.phase === 'failed' || !object.inspection) return [line(span(`  not read: ${object.message}`, 'bad'))];
  return object.inspection.sections.flatMap(section => sectionLines(section, view, columns));
}

const TONES: Readonly<Partial<Record<NonNullable<InspectionRow['state']>, Tone>>> = { warn: 'warn', fail: 'bad' };

function sectionLines({ title, rows, blind }: InspectionSection, view: View, columns: number): Line[] {
  return [
    line(span(title, 'title')),
    ...(blind === undefined ? [] : [line(span(`  ${view.glyphs.states.blind} BLIND ${blind}`, 'warn'))]),
    ...rows.flatMap(row => rowLines(row, view, columns)),
  ];
}

function rowLines({ text, state, depth = 0 }: InspectionRow, { glyphs }: View, columns: number): Line[] {
  const glyph = state === undefined ? '' : `${glyphs.states[state]} `;
  const indent = `  ${'  '.repeat(depth)}`;
  const tone = (state && TONES[state]) ?? 'plain';
  return wrapWhole(text, Math.max(10, columns - indent.length - glyph.length)).map((part, i) =>
    line(indent, span(i === 0 ? glyph : ' '.repeat(glyph.length), tone), span(part, tone)),
  );
}

function yamlLines({ object }: ConsoleState, columns: number): Line[] {
  return (object.inspection?.yaml ?? []).flatMap(text => {
    const key = /^(\s*(?:- )?)([^\s:][^:]*:)(.*)$/.exec(text);
    if (key && text.length <= columns) return [line(key[1] ?? '', span(key[2] ?? '', 'accent'), key[3] ?? '')];
    return breakAnywhere(text, columns).map(part => line(part));
  });
}

function logLines(
  { object: { log, top } }: ConsoleState,
  view: View,
  name: string,
  { columns, rows }: { columns: number; rows: number },
): Line[] {
  const room = Math.max(0, rows - 2);
  if (!log) return [rule(`LOG ${name}`, columns, view, '', true)];
  const words = [
    counted(log.lines.length, 'line'),
    log.dropped > 0 ? `${log.dropped} older ones dropped` : '',
    log.isCut ? 'the server cut its answer: not all lines were read' : '',
    log.follows ? 'following' : `${top} below`,
  ].filter(Boolean);
  const which = `LOG ${log.previous ? 'before the restart, ' : ''}${log.container}  ${name}`;
  const end = Math.max(0, log.lines.length - top);
  // From the end backwards, since long lines take several rows.
  const shown: Line[] = [];
  for (let i = end - 1; i >= 0 && shown.length < room; i--)
    shown.unshift(...breakAnywhere(log.lines[i] ?? '', columns).map(part => line(part)));
  const message = log.message === '' ? [] : [line(span(`  not read: ${log.message}`, 'bad'))];
  return [
    rule(which, columns, view, '', true),
    line(span(`  ${words.join(', ')}`, 'dim')),
    ...message,
    ...shown.slice(-Math.max(0, room - message.length)),
  ];
}
