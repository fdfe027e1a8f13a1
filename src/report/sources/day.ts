import { dirname, isAbsolute, join } from 'node:path';
import type { DayRecord as DayFile, DayRun, DayScenario } from '../../gameday/journal/read-day.ts';
import type { GameDay } from '../../gameday/plan/document.ts';
import { readPlan } from '../../gameday/plan/read-plan.ts';
import { shellWord } from '../../text/shell-word.ts';
import { clean } from '../clean.ts';
import type { DayPart, Scenario } from '../model.ts';
import { type DayObservations, momentsByHand } from '../moments.ts';
import type { Monitoring } from '../monitoring.ts';
import type { RecordHeader, RecordResult } from './record-shape.ts';
import { probeFlips, type RunParts, scenarioOf, whereOf } from './scenario.ts';

type DayRecord = Omit<DayFile, 'broken'>;

/** The report parts of a game-day. `kept` gives the record of a run, where it is on this machine. */
export function partsOfDay(
  day: DayRecord,
  kept: (run: DayRun) => RunParts | undefined,
): { scenarios: Scenario[]; notRun: { name: string; says: string }[]; day: DayPart } {
  const plan = planOf(day);
  const ran = day.scenarios.filter(one => !isWithoutInjection(one));
  const planned = (name: string) => plan?.agenda.find(one => one.name === name)?.hypothesis;
  return {
    scenarios: ran.flatMap(scenario => {
      const hypothesis = planned(scenario.name);
      const added = hypothesis === undefined ? {} : { hypothesis: clean(hypothesis) };
      return scenariosOf(day, scenario, kept).map(one => ({ ...one, ...added }));
    }),
    notRun: notRunOf(day, plan),
    day: dayPart(day, plan),
  };
}

/** The plan as the journal keeps it. */
function planOf({ begin }: DayRecord): GameDay['spec'] | undefined {
  const [file] = begin?.files ?? [];
  const reading = file?.text === undefined ? undefined : readPlan(file.text, file.path);
  return reading?.ok ? reading.plan.day.spec : undefined;
}

/** Whether nothing was injected for a scenario. */
const isWithoutInjection = ({ end }: DayScenario): boolean => end === 'skipped' || end === 'refused';

/** Everything of the agenda that was not run. */
function notRunOf(day: DayRecord, plan: GameDay['spec'] | undefined): { name: string; says: string }[] {
  const begun = new Set(day.scenarios.map(({ name }) => name));
  const never = (plan?.agenda ?? []).filter(({ name }) => !begun.has(name));
  return [
    ...day.scenarios.flatMap(one => [
      ...(isWithoutInjection(one)
        ? [{ name: one.name, says: `${one.end ?? ''}${one.why ? `: ${one.why}` : ''}` }]
        : []),
      ...one.notRun.map(({ experiment, says }) => ({ name: `${one.name}: ${experiment}`, says })),
    ]),
    ...never.map(({ name }) => ({ name, says: day.end === undefined ? 'not begun yet' : 'not begun' })),
  ].map(({ name, says }) => ({ name: clean(name), says: clean(says) }));
}

function scenariosOf(day: DayRecord, scenario: DayScenario, kept: (run: DayRun) => RunParts | undefined): Scenario[] {
  const title = clean(scenario.name);
  const people = peopleOf(scenario);
  if (scenario.runs.length === 0) {
    const observed = observedWithin(day, scenario, { from: scenario.armedAt, to: Number.POSITIVE_INFINITY });
    return [{ ...byHand(day, scenario, observed), title, people, tripped: observed.tripped }];
  }
  return scenario.runs.map((run, index) => {
    // Observations belong to the run that was under way; the outcome that people give belongs to the last run.
    const again = scenario.runs.slice(index + 1).find(({ path }) => path === run.path);
    const observed = observedWithin(day, scenario, {
      from: run.startedAt,
      to: again?.startedAt ?? Number.POSITIVE_INFINITY,
    });
    const isLast = index === scenario.runs.length - 1;
    const one = fromHere(day, scenarioOf(kept(run) ?? fromJournal(day, run), observed));
    const { endedAt = Number.POSITIVE_INFINITY } = one;
    const isNewest = ({ at }: { at: number }) =>
      !scenario.runs.slice(index + 1).some(({ startedAt }) => startedAt <= at);
    const tripped = observed.tripped.filter(one => one.at <= endedAt || isNewest(one));
    return { ...withLaterRevert(day, run, one), title, tripped, ...(isLast ? { people } : {}) };
  });
}

function observedWithin(day: DayRecord, scenario: DayScenario, { from, to }: { from: number; to: number }) {
  const isWithin = ({ at }: { at: number }) => from <= at && at < to;
  const seen = scenario.seen.find(isWithin);
  return {
    ...(seen === undefined ? {} : { seenAt: seen.at, seenBy: clean(`${seen.by.name} (${seen.by.role})`) }),
    tripped: scenario.tripped.filter(isWithin).map(({ at, condition, says, value, limit }) => ({
      at,
      condition: clean(condition),
      says: clean(`${says} (${value}, limit ${limit})`),
    })),
    monitoring: monitoringOf(day, scenario),
  };
}

/** A run whose process died, with the result of the revert that was made when the day was resumed. */
function withLaterRevert({ lifted }: DayRecord, run: DayRun, scenario: Scenario): Scenario {
  const found = lifted.find(({ at }) => at >= run.startedAt);
  if (scenario.verdict !== 'Unfinished' || found === undefined) return scenario;
  const { remaining, blind, receipts } = found;
  if (remaining > 0 || blind > 0) return remaining > 0 ? { ...scenario, residue: remaining } : scenario;
  const each = receipts.map(({ object, outcome }) => `${object} ${outcome}, read back`).join(', ');
  const what = each === '' ? 'nothing of it was left in the cluster' : `what it left was reverted: ${each}`;
  return { ...scenario, residue: 0, reasons: [clean(`its process died; when the day went on, ${what}`)] };
}

function monitoringOf({ probes }: DayRecord, { alerts, alertSources }: DayScenario): Monitoring {
  return {
    ...(alertSources.length === 0 ? {} : { alerts: alerts.map(({ at, name }) => ({ at, name: clean(name) })) }),
    sources: alertSources.map(({ at, source, why }) => ({
      at,
      source: clean(source),
      ...(why === undefined ? {} : { why: clean(why) }),
    })),
    probes: probes.map(({ at, probe, state, expected, actual }) => ({
      at,
      probe: clean(probe),
      state,
      expected: clean(expected ?? ''),
      actual: clean(actual),
    })),
  };
}

/** Changes the path of the experiment, which is relative to the plan, to one relative to where the plan was read from. */
function fromHere({ begin }: DayRecord, scenario: Scenario): Scenario {
  const plan = begin?.files[0]?.path;
  if (scenario.file === undefined || plan === undefined || isAbsolute(scenario.file)) return scenario;
  const file = join(dirname(plan), scenario.file);
  return {
    ...scenario,
    file: clean(file),
    ...(scenario.retest === undefined ? {} : { retest: `mayday run ${shellWord(clean(file))}` }),
  };
}

function fromJournal({ begin }: DayRecord, run: DayRun): RunParts {
  const { context = '', server = '', user = '', host = '', clusterUid = '', version = '' } = begin ?? {};
  const type = run.result?.type ?? '';
  const header = {
    run: run.run,
    startedAt: run.startedAt,
    context,
    server,
    user,
    host,
    clusterUid,
    version,
    experiment: { name: run.experiment, path: run.path, type },
  } satisfies RecordHeader;
  return {
    header,
    ...(run.result === undefined ? {} : { result: run.result as unknown as RecordResult }),
    events: run.events as unknown as RunParts['events'],
  };
}

/** A scenario that people did by hand, without a run of mayday. */
function byHand(
  { begin }: DayRecord,
  { name, armedAt, endedAt, why, end, ...of }: DayScenario,
  observed: DayObservations & { monitoring: Monitoring },
): Scenario {
  const flips = probeFlips(observed.monitoring.probes ?? [], {
    from: armedAt,
    to: endedAt ?? Number.POSITIVE_INFINITY,
  });
  const outcome = of.outcome?.auto ? undefined : of.outcome;
  const verdict = { passed: 'Resilient', failed: 'Failed', unsure: 'Inconclusive' } as const;
  return {
    name: clean(name),
    tool: 'by hand',
    where: begin === undefined ? {} : whereOf(begin),
    startedAt: armedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    verdict: outcome === undefined ? (end === undefined ? 'Unfinished' : 'Inconclusive') : verdict[outcome.outcome],
    reasons: [
      clean(
        outcome === undefined ? `nobody said how it went${why ? `; ${why}` : ''}` : `people say: ${outcome.outcome}`,
      ),
    ],
    dryRun: false,
    moments: momentsByHand(armedAt, { ...observed, until: endedAt }),
    ...(flips.length === 0 ? {} : { flips }),
    checks: [],
    receipts: [],
    collateral: [],
    blind: [],
    tripped: [],
  };
}

/** What people said. An outcome that followed from the verdict, without asking anybody, does not count. */
function peopleOf({ outcome: given, seen }: DayScenario): NonNullable<Scenario['people']> {
  const outcome = given?.auto ? undefined : given;
  const by = outcome?.detectedBy ?? seen[0]?.by.name;
  const detected =
    outcome?.detected === false ? 'no' : by === undefined ? (outcome?.detected ? 'yes' : undefined) : clean(by);
  return {
    ...(outcome === undefined ? {} : { outcome: outcome.outcome }),
    ...(detected === undefined ? {} : { detected }),
    ...(outcome?.mitigated === undefined ? {} : { mitigated: outcome.mitigated }),
  };
}

function dayPart(day: DayRecord, plan: GameDay['spec'] | undefined): DayPart {
  const people = new Map((plan?.people ?? []).map(({ name, role }) => [name, role as string]));
  for (const { by } of day.sessions) people.set(by.name, by.role);
  if (day.begin) people.set(day.begin.by.name, day.begin.by.role);
  for (const { by } of [...day.notes, ...day.seen, ...day.stops])
    if (!people.has(by.name)) people.set(by.name, by.role);
  const after = day.baselines.findLast(({ when }) => when === 'after');
  return {
    objective: clean(day.begin?.objective ?? ''),
    people: [...people].map(([name, role]) => ({ name: clean(name), role: clean(role) })),
    notes: day.notes.map(({ at, by, text, tag, scenario }) => ({
      at,
      by: clean(by.name),
      text: clean(text),
      ...(tag === undefined ? {} : { tag: clean(tag) }),
      ...(scenario === undefined ? {} : { scenario: clean(scenario) }),
    })),
    baseline: {
      saved: day.baselines.some(({ when, path }) => when === 'before' && path !== undefined),
      ...(after?.left === undefined ? {} : { left: after.left.map(clean) }),
      ...(after?.problem === undefined ? {} : { problem: clean(after.problem) }),
    },
    stops: day.stops.map(({ at, by, why }) => ({ at, by: clean(`${by.name} (${by.role})`), why: clean(why) })),
    sessions: day.sessions.length,
    ...(day.end === undefined ? {} : { ended: { at: day.end.at, says: clean(day.end.says) } }),
  };
}
