import { width } from '../../../text/width.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, ends, type Line, line, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import { elapsed } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { currentScenario, type ScenarioView } from './view.ts';

export const STATES: Readonly<Record<ScenarioView['state'], { word: string; tone: Tone }>> = {
  due: { word: 'due', tone: 'dim' },
  'under way': { word: 'NOW', tone: 'chaos' },
  done: { word: 'done', tone: 'plain' },
  aborted: { word: 'ABORTED', tone: 'bad' },
  stopped: { word: 'STOPPED', tone: 'bad' },
  died: { word: 'DIED', tone: 'bad' },
  refused: { word: 'REFUSED', tone: 'warn' },
  skipped: { word: 'skipped', tone: 'dim' },
};

const OUTCOME_TONE = { passed: 'ok', failed: 'bad', unsure: 'warn' } as const;

/** The scenarios in their order, each with its result. */
export function agendaLines(state: ConsoleState, view: View, columns: number, rows = Number.POSITIVE_INFINITY): Line[] {
  const { scenarios } = state.day;
  const current = currentScenario(state);
  const over = scenarios.filter(({ state: one }) => one !== 'due' && one !== 'under way').length;
  const at = Math.max(0, current === undefined ? 0 : scenarios.indexOf(current));
  const { first, last } = windowOf(scenarios.length, at, Math.min(scenarios.length, rows - 1));
  return [
    rule('AGENDA', columns, view, `${over} of ${scenarios.length}`),
    ...scenarios.slice(first, last).map((one, i) => agendaLine(one, first + i, one === current, view, columns)),
  ];
}

function agendaLine(one: ScenarioView, index: number, isCurrent: boolean, view: View, columns: number): Line {
  const { word, tone } = STATES[one.state];
  const took = one.armedAt === undefined || one.endedAt === undefined ? '' : elapsed(one.endedAt - one.armedAt);
  const right = line(
    one.state === 'under way' && one.runs > 1 && span(`${one.verdicts.length} of ${one.runs} runs  `, 'plain'),
    one.verdicts.length > 0 && span(`${verdictCounts(one.verdicts)}  `, 'plain'),
    one.outcome !== undefined && span(`${one.outcome}  `, OUTCOME_TONE[one.outcome]),
    span(took, 'dim'),
  );
  const left = line(
    isCurrent ? view.glyphs.cursor : ' ',
    span(`${String(index + 1).padStart(2)} ${word.padEnd(8)}`, tone),
    span(one.name, isCurrent ? 'title' : 'plain'),
  );
  return ends(left, right, columns);
}

/** `Resilient`, or `5 Resilient, 2 Degraded` of several. */
function verdictCounts(verdicts: readonly string[]): string {
  if (verdicts.length === 1) return verdicts.join('');
  const groups = Map.groupBy(verdicts, verdict => verdict);
  return [...groups].map(([verdict, all]) => `${all.length} ${verdict}`).join(', ');
}

/** Every abort condition with its value, tripped ones first, then the probes. */
export function conditionLines({ day }: ConsoleState, view: View, columns: number): Line[] {
  const order = { TRIPPED: 0, ARMED: 1, OFF: 2 };
  const sorted = day.standings.toSorted((a, b) => order[a.state] - order[b.state]);
  const tripped = sorted.filter(({ state }) => state === 'TRIPPED').length;
  const nameWidth = 16;
  const rows = sorted.map(({ id, state, value, limit }) => {
    const tone: Tone = state === 'TRIPPED' ? 'alarm' : state === 'OFF' ? 'dim' : 'plain';
    const right = line(span(limit, 'dim'));
    return ends(line(span(`  ${state.padEnd(8)}`, tone), cell(id, nameWidth), span(value, tone)), right, columns);
  });
  const probes = day.probes.map(({ name, state, actual }) =>
    line(
      span(
        `  ${state === 'pass' ? 'steady' : state === 'blind' ? 'BLIND' : 'BROKEN'}  `.padEnd(10),
        state === 'pass' ? 'ok' : 'bad',
      ),
      cell(name, Math.min(24, Math.max(nameWidth, width(name) + 1))),
      span(actual, 'dim'),
    ),
  );
  const count = tripped > 0 ? `${tripped} TRIPPED` : `${sorted.filter(({ state }) => state === 'ARMED').length} armed`;
  return [rule('CONDITIONS', columns, view, count), ...rows, ...probes];
}
