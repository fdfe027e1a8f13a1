import type { Flip, Moment, Report, Scenario } from '../../../report/model.ts';
import type { CheckResult, RunEvent, Timings } from '../../../run/event.ts';
import { eventLine } from '../../../run/line.ts';
import type { ConsoleState, RunView } from '../../store/state.ts';
import { type Lane, type Mark, SIGNS } from './view.ts';

/** All lanes: runs of this console, newest first, then what was chosen from reports and is none of them. */
export function lanesOf({ runs, timeline }: Pick<ConsoleState, 'runs' | 'timeline'>): Lane[] {
  const own = runs.map(laneOfRun).reverse();
  const keys = new Set(own.map(({ key }) => key));
  return [...own, ...timeline.past.filter(({ key }) => !keys.has(key))];
}

/** The lane the cursor is on, else the first. */
export function chosenLane(state: Pick<ConsoleState, 'runs' | 'timeline'>): Lane | undefined {
  const lanes = lanesOf(state);
  return lanes.find(({ key }) => key === state.timeline.lane) ?? lanes[0];
}

/** Which of the lane's moments the cursor is on: the last unless one was chosen. */
export const chosenMark = ({ timeline: { at } }: Pick<ConsoleState, 'timeline'>, { marks }: Lane): number =>
  Math.max(0, Math.min(at ?? marks.length - 1, marks.length - 1));

const laneKey = (run: string): string => `run ${run}`;

function laneOfRun(run: RunView): Lane {
  const { events = [] } = run;
  return {
    key: laneKey(run.runId ?? run.key),
    name: run.experiment,
    type: run.type,
    injectedAt: run.injectedAt,
    end: run.interrupted === undefined ? (run.verdict?.toUpperCase() ?? run.phase) : 'ABORTED',
    isLive: run.endedAt === undefined,
    marks: marksOf(events, run),
  };
}

function marksOf(events: readonly RunEvent[], run: RunView): Mark[] {
  const verdict = events.findLast(event => event.event === 'verdict');
  const start = run.injectedAt ?? events[0]?.at ?? run.startedAt;
  const timings: Timings = verdict?.timings ?? {};
  // A run that has ended has the time of each moment in its result; before that they come from its events.
  const measured = verdict === undefined ? [] : momentsIn(timings, start, events);
  const told = events.filter(isMoment).flatMap(event => markOf(event, start, run, verdict !== undefined));
  const symptom = verdict === undefined ? told.find(({ name }) => name === LEFT) : undefined;
  const named = told.map(mark => (mark === symptom ? { ...mark, ...SIGNS.symptom } : mark));
  return [...named, ...measured].toSorted((a, b) => a.afterMs - b.afterMs);
}

const LEFT = 'check lost';
const CHECK_NAMES = { pass: 'check back', fail: LEFT, blind: 'check BLIND' } as const;
const checkText = ({ name, expected, actual }: Omit<CheckResult, 'state'>): string =>
  `${name}: expected ${expected}, found ${actual}`;

/** Phases, the baseline and open gates are no moments of the fault. */
const isMoment = (event: RunEvent): boolean =>
  event.event !== 'phase' && event.event !== 'baseline' && (event.event !== 'gate' || !event.ok);

/** What an event says at its moment. */
function markOf(event: RunEvent, start: number, run: RunView, hasEnded: boolean): Mark[] {
  const text = eventLine(event, { experiment: run.experiment, recoveryTimeoutMs: run.recoveryMs })
    .slice(WORDS_AT)
    .trim();
  const mark = (look: { sign: string; name: string }, says = text): Mark[] => [
    { afterMs: event.at - start, ...look, says },
  ];
  const other = (name: string, says?: string): Mark[] => mark({ sign: '.', name }, says);
  switch (event.event) {
    case 'injected':
      return mark(SIGNS.inject);
    case 'effect':
      if (event.state !== 'proven') return other(`effect ${event.state}`, event.evidence.join('; '));
      return hasEnded ? [] : mark(SIGNS.effect, event.evidence.join('; '));
    case 'check':
      return other(CHECK_NAMES[event.check.state], checkText(event.check));
    case 'recovered':
      return event.selfHealed && !hasEnded ? mark(SIGNS.heal) : other('recovered');
    case 'reverted':
      if (event.remaining > 0) return other(`${event.remaining} NOT RESTORED`);
      return hasEnded || event.receipts.length === 0 ? [] : mark(SIGNS.revert);
    case 'deadline':
      return other(event.clock === 'ttl' ? 'TTL over' : 'recovery time over');
    case 'guard':
      return other(event.on ? 'guardian on' : 'guardian OFF', event.says);
    case 'note':
      return other('note', event.text);
    case 'verdict':
      return other(event.verdict.toUpperCase(), event.reasons.join('; '));
    case 'gate':
      return other(`gate ${event.gate} closed`, event.reason);
    default:
      return [];
  }
}

/** Where the words of an event's line begin: behind the time of day and the label. */
const WORDS_AT = 24;

/** The moments of a run that ended, from what it measured. */
function momentsIn(timings: Timings, start: number, events: readonly RunEvent[]): Mark[] {
  const lost = events.find(event => event.event === 'check' && event.check.state === 'fail');
  const symptom = lost?.event === 'check' ? checkText(lost.check) : '';
  const effect = events.find(event => event.event === 'effect' && event.state === 'proven');
  const reverted = events.findLast(event => event.event === 'reverted');
  const receipts = reverted?.event === 'reverted' ? reverted.receipts : [];
  const at = (when: number | undefined, look: { sign: string; name: string }, says = ''): Mark[] =>
    when === undefined ? [] : [{ afterMs: when - start, ...look, says }];
  return [
    ...at(timings.effectProvenAt, SIGNS.effect, effect?.event === 'effect' ? effect.evidence.join('; ') : ''),
    ...at(timings.firstSymptomAt, SIGNS.symptom, symptom),
    ...at(timings.detectedAt, SIGNS.detected, 'its own first Warning event about a watched object'),
    ...at(timings.healedAt, SIGNS.heal, 'steady while the fault was still in the cluster'),
    ...at(
      timings.revertedAt,
      SIGNS.revert,
      receipts.map(({ object, outcome }) => `${object.kind} ${object.name} ${outcome}`).join(', '),
    ),
    ...at(timings.stableAt, SIGNS.stable, 'steady for the whole soak time'),
  ];
}

const OF_MOMENT: Partial<Record<Moment['id'], { sign: string; name: string }>> = {
  T0: SIGNS.inject,
  E: SIGNS.effect,
  T1: SIGNS.symptom,
  T2: SIGNS.detected,
  T5: SIGNS.heal,
  T6: SIGNS.revert,
  T7: SIGNS.stable,
};

/** The faults of a report that have times. */
export function lanesOfReport({ scenarios, source }: Report): Lane[] {
  return scenarios.flatMap((scenario, i) => {
    const marks = scenario.moments.flatMap(({ id, name, afterMs, says }) =>
      afterMs === undefined
        ? []
        : [{ afterMs, ...(OF_MOMENT[id] ?? { sign: '.', name }), says: says ?? evidenceOf(id, scenario) }],
    );
    if (marks.length === 0) return [];
    return [
      {
        key: laneKey(scenario.run ?? `${source.id} ${i}`),
        name: scenario.title ?? scenario.name,
        type: scenario.type ?? 'by hand',
        injectedAt: scenario.moments.find(({ id }) => id === 'T0')?.at,
        end: scenario.verdict.toUpperCase(),
        isLive: false,
        marks: withFlips(marks, scenario.flips ?? []).toSorted((a, b) => a.afterMs - b.afterMs),
      },
    ];
  });
}

/** What a report says of a moment elsewhere. */
function evidenceOf(id: Moment['id'], { effect, reasons }: Scenario): string {
  if (id === 'E') return effect?.evidence.join('; ') ?? '';
  return id === 'T7' ? reasons.join('; ') : '';
}

/** The moments with the changes of the checks between them: the first that was lost is what the first symptom was. */
function withFlips(marks: readonly Mark[], flips: readonly Flip[]): Mark[] {
  const lost = flips.find(({ state }) => state === 'fail');
  return [
    ...marks.map(mark =>
      mark.sign === SIGNS.symptom.sign && lost !== undefined ? { ...mark, says: checkText(lost) } : mark,
    ),
    ...flips.map(flip => ({ afterMs: flip.afterMs, sign: '.', name: CHECK_NAMES[flip.state], says: checkText(flip) })),
  ];
}
