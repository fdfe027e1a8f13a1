import { age } from '../../../text/duration.ts';
import { wrapWhole } from '../../../text/wrap.ts';
import { chosenFault, type FaultEntry, faultAuthor, faultTarget, faultType } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, cell, type Line, line, type Span, span } from '../../widgets/line.ts';
import { objectName } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import { timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { enderOf } from '../faults/ender.ts';
import { effectText, recoveryText, sinceOf, ttlText } from '../faults/fault-texts.ts';
import type { Size } from '../screen.ts';

const LABEL = 13;
const CHECK_STATES = { pass: 'ok', fail: 'fail', blind: 'blind' } as const;
const CHECK_TONES = { pass: 'ok', fail: 'bad', blind: 'warn' } as const;

/** One fault in full: its owner, its clocks, who ends it, the proof of its effect, the last result of each check, and its events. */
export function faultDetail(state: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const entry = chosenFault(state, view.now);
  if (!entry) return [rule('FAULT', columns, view, '', true), line(span('  this fault is gone', 'dim'))];
  const on = faultTarget(entry);
  const all = [
    ...aboutLines(entry, state, view, columns),
    ...checkLines(entry, view, columns),
    ...toldLines(entry, state, columns),
  ];
  const room = Math.max(0, rows - 1);
  const top = Math.max(0, Math.min(state.faultTop, all.length - room));
  const below = all.length - top - room;
  return [
    rule(
      `${faultType(entry)} ${view.glyphs.arrow} ${on.kind} ${objectName(on)}`,
      columns,
      view,
      below > 0 ? `${below} more rows` : '',
      true,
    ),
    ...all.slice(top, top + room),
  ];
}

function aboutLines(entry: FaultEntry, state: ConsoleState, view: View, columns: number): Line[] {
  const named = (label: string, text: string, tone: Span['tone'] = 'plain'): Line[] =>
    text === ''
      ? []
      : wrapWhole(text, columns - LABEL - 2).map((part, i) =>
          line(span(`  ${cell(i === 0 ? label : '', LABEL)}`, 'dim'), span(part, tone)),
        );
  const since = sinceOf(entry);
  const effect = effectText(entry, state, view);
  const ender = enderOf(entry, state);
  const recovery = recoveryText(entry, view);
  const ttl = ttlText(entry, view);
  const { experiment, run } = namesOf(entry);
  return [
    ...named('injected by', faultAuthor(entry)),
    ...named(
      'since',
      since === undefined ? 'not known' : `${timeOfDay(since)}, ${age(Math.max(0, view.now.server - since))} ago`,
    ),
    ...named('experiment', experiment),
    ...named('run', run),
    ...named('time', ttl.text, ttl.tone),
    ...named('recovery', recovery.text, recovery.tone),
    ...named('ended by', ender.words, ender.isSure ? 'plain' : 'warn'),
    ...named('effect', effect.text, effect.tone),
    ...named('', effect.evidence),
  ];
}

function namesOf(entry: FaultEntry): { experiment: string; run: string } {
  if (entry.is === 'run') return { experiment: entry.run.experiment, run: entry.run.runId ?? '' };
  const { experiment = '', run = '' } = entry.is === 'mark' ? entry.mark : entry.found;
  return { experiment, run };
}

/** Each check with what is expected and what was last seen. */
function checkLines(entry: FaultEntry, view: View, columns: number): Line[] {
  if (entry.is !== 'run' || entry.run.checks.length === 0) return [];
  return [
    BLANK,
    rule('CHECKS', columns, view),
    ...entry.run.checks.flatMap(({ name, state, expected, actual }) =>
      wrapWhole(`${name}: expected ${expected}, found ${actual}`, columns - 4).map((part, i) =>
        line('  ', span(`${i === 0 ? view.glyphs.states[CHECK_STATES[state]] : ' '} `, CHECK_TONES[state]), part),
      ),
    ),
  ];
}

/** The events of the run, the newest last. Faults that somebody else injected have none here. */
function toldLines(entry: FaultEntry, state: ConsoleState, columns: number): Line[] {
  if (entry.is !== 'run') return [BLANK, line(span('  its verdict is shown where it was injected', 'dim'))];
  const told = state.stream.filter(({ run }) => run === entry.run.key);
  return [
    BLANK,
    line(span('VERDICT', 'title')),
    ...told.flatMap(({ at, text, tone }) =>
      wrapWhole(text, columns - 12).map((part, i) =>
        line(span(`  ${i === 0 ? timeOfDay(at) : ' '.repeat(8)}  `, 'dim'), span(part, tone)),
      ),
    ),
  ];
}
