import { readEntries } from '../../records/journal.ts';
import { shellWord } from '../../text/shell-word.ts';
import { withoutUserinfo } from '../../text/url.ts';
import { clean } from '../clean.ts';
import type { CheckLine, Flip, Scenario, Where } from '../model.ts';
import { type DayObservations, momentsOf } from '../moments.ts';
import type { Monitoring } from '../monitoring.ts';
import {
  check,
  type RecordEvent,
  type RecordExperiment,
  type RecordHeader,
  type RecordResult,
  runBegin,
  runRecord,
  wrongWith,
} from './record-shape.ts';

/** What is known of one run. Where its process died, all but the header may be absent. */
export interface RunParts {
  header: RecordHeader;
  experiment?: RecordExperiment;
  result?: RecordResult;
  events: readonly RecordEvent[];
  record?: string;
}

/** One run as a scenario. `day`: what was observed meanwhile, on a game-day. */
export function scenarioOf({ header, experiment, result, events, record }: RunParts, day?: DayObservations): Scenario {
  const spec = experiment?.spec;
  const [first] = events;
  const last = events.at(-1);
  const timings = result?.timings ?? timingsOfEvents(events);
  const tripped = (day?.tripped ?? []).map(({ at, condition }) => ({ at, condition: clean(condition) }));
  return {
    name: clean(header.experiment.name),
    tool: 'mayday',
    run: clean(header.run),
    file: clean(header.experiment.path),
    type: clean(header.experiment.type),
    ...(spec === undefined ? {} : ofSpec(spec)),
    where: whereOf(header),
    startedAt: first?.at ?? header.startedAt,
    ...(last === undefined ? {} : { endedAt: last.at }),
    ...(result === undefined ? unfinished(events) : ofResult(result)),
    moments: momentsOf(timings, {
      ...day,
      tripped,
      restoredBy: clean(result?.restoredBy ?? ''),
      isDay: day !== undefined,
      until: last?.at,
      isUnfinished: result === undefined,
    }),
    ...effectOf(events),
    ...flipsOf(events, timings.injectedAt, day?.monitoring?.probes ?? []),
    tripped: [],
    ...(header.experiment.path === '-' ? {} : { retest: `mayday run ${shellWord(clean(header.experiment.path))}` }),
    ...(record === undefined ? {} : { record: clean(record) }),
  };
}

export const whereOf = ({ context, server, user, host, clusterUid, version }: RecordHeader | Where): Where => ({
  ...(context === undefined ? {} : { context: clean(context) }),
  ...(server === undefined ? {} : { server: clean(withoutUserinfo(server)) }),
  ...(user === undefined ? {} : { user: clean(user) }),
  ...(host === undefined ? {} : { host: clean(host) }),
  ...(clusterUid === undefined ? {} : { clusterUid: clean(clusterUid) }),
  ...(version === undefined ? {} : { version: clean(version) }),
});

function ofSpec({ tier, target, injection, hypothesis }: RecordExperiment['spec']) {
  return {
    tier,
    operator: clean(target.operator),
    component: clean(target.component),
    ...(target.resource === undefined ? {} : { resource: clean(target.resource) }),
    parameters: Object.fromEntries(
      Object.entries(injection.parameters).map(([name, value]) => [clean(name), clean(value)]),
    ),
    hypothesis: clean(hypothesis.description),
  };
}

function ofResult(result: RecordResult) {
  const { verdict, compat, timings, refusal, interrupted } = result;
  return {
    verdict,
    reasons: result.reasons.map(clean),
    ...(compat.verdict === verdict ? {} : { compat: { verdict: clean(compat.verdict), why: clean(compat.why) } }),
    dryRun: result.dryRun,
    ...(interrupted === undefined ? {} : { interrupted: clean(interrupted) }),
    ...(refusal === undefined ? {} : { refused: clean(refusal.message) }),
    checks: checkLines(result),
    receipts: result.receipts.map(({ type, object, outcome, verified, message }) => ({
      type: clean(type),
      object: {
        apiVersion: clean(object.apiVersion),
        kind: clean(object.kind),
        name: clean(object.name),
        ...(object.namespace === undefined ? {} : { namespace: clean(object.namespace) }),
      },
      outcome: clean(outcome),
      verified,
      message: clean(message),
    })) as Scenario['receipts'],
    residue: result.residue,
    collateral: (result.collateral ?? []).map(clean),
    blind: result.blind.map(clean),
    restoredBy: clean(result.restoredBy),
    selfHealed: result.selfHealed,
    ...(timings.recoveryMs === undefined ? {} : { recoveryMs: timings.recoveryMs }),
  };
}

function checkLines({ baseline, checks, evidence }: RecordResult): CheckLine[] {
  const before = new Map(baseline.map(check => [check.name, check.actual]));
  return [...checks, ...evidence].map(({ name, expected, actual, state }) => {
    const was = before.get(name);
    return {
      name: clean(name),
      expected: clean(expected),
      ...(was === undefined ? {} : { before: clean(was) }),
      after: clean(actual),
      ok: state === 'pass',
    };
  });
}

/** The members for a run whose process died before the verdict, or that still runs. */
function unfinished(events: readonly RecordEvent[]) {
  const isIn = events.some(({ event }) => event === 'injected');
  const reverted = events.findLast(({ event }) => event === 'reverted');
  return {
    verdict: 'Unfinished' as const,
    reasons: [
      isIn
        ? 'its process died, or it still runs, with the fault injected: mayday scan shows what is left'
        : 'its process died, or it still runs; nothing was injected as far as its journal goes',
    ],
    dryRun: false,
    checks: [],
    receipts: [],
    ...(typeof reverted?.remaining === 'number' ? { residue: reverted.remaining } : {}),
    collateral: [],
    blind: [],
  };
}

function timingsOfEvents(events: readonly RecordEvent[]): Record<string, number> {
  const injected = events.find(({ event }) => event === 'injected');
  const proven = events.find(one => one.event === 'effect' && one.state === 'proven');
  return {
    ...(injected === undefined ? {} : { injectedAt: injected.at }),
    ...(proven === undefined ? {} : { effectProvenAt: proven.at }),
  };
}

function effectOf(events: readonly RecordEvent[]): Pick<Scenario, 'effect'> {
  const effects = events.filter(({ event }) => event === 'effect');
  const shown = effects.find(({ state }) => state === 'proven') ?? effects.at(-1);
  if (shown === undefined) return {};
  const evidence = Array.isArray(shown.evidence) ? shown.evidence.map(line => clean(String(line))) : [];
  return { effect: { state: clean(String(shown.state)), evidence } };
}

/** The changes of the checks and of the day's probes, in order, measured from T0 (`start`). Events of another shape are ignored. */
function flipsOf(
  events: readonly RecordEvent[],
  start: number | undefined,
  probes: NonNullable<Monitoring['probes']>,
): Pick<Scenario, 'flips'> {
  const end = events.at(-1)?.at;
  if (start === undefined || end === undefined) return {};
  const checks = events.flatMap(event => {
    const read = event.event === 'check' ? check.safeParse(event.check) : undefined;
    if (!read?.success) return [];
    const { name, state, expected, actual } = read.data;
    return [{ afterMs: event.at - start, name: clean(name), state, expected: clean(expected), actual: clean(actual) }];
  });
  const flips = [...checks, ...probeFlips(probes, { from: start, to: end })].toSorted((a, b) => a.afterMs - b.afterMs);
  return flips.length === 0 ? {} : { flips };
}

export const probeFlips = (
  probes: NonNullable<Monitoring['probes']>,
  { from, to }: { from: number; to: number },
): Flip[] =>
  probes
    .filter(({ at }) => from <= at && at <= to)
    .map(({ at, probe, state, expected, actual }) => ({
      afterMs: at - from,
      name: `probe ${probe}`,
      state,
      expected,
      actual,
    }));

/** Checks the content of a `run.json`; a text says what is wrong with it. */
export function partsOfRecord(value: unknown, record: string): RunParts | string {
  const read = runRecord.safeParse(value);
  return read.success ? { ...read.data, record } : `expected a run record, found ${wrongWith(read.error)}`;
}

/** Reads the journal of a run without a record; a text says what is wrong with it. */
export function partsOfJournal(text: string, record: string): RunParts | string {
  const { entries } = readEntries(text);
  const header = runBegin.safeParse(entries[0]);
  if (entries[0]?.entry !== 'begin' || !header.success) return 'expected the journal of a run, found another file';
  const events = entries.flatMap(entry => (entry.entry === 'event' ? [entry.event as unknown as RecordEvent] : []));
  return { header: header.data, events, record };
}
