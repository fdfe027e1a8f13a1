import type { Engine } from '../../engine/engine.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Permission } from '../../faults/contract.ts';
import type { Clock } from '../../host/clock.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { RunEvent } from '../../run/event.ts';
import type { Readiness } from '../../suite/readiness.ts';
import type { AlertWatch } from '../alerts/watch.ts';
import type { Monitor } from '../conditions/monitor.ts';
import type { DayRecord } from '../journal/read-day.ts';
import type { By, Happened, LookItem } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { ReadyScenario } from './agenda.ts';
import type { Desk } from './desk.ts';
import { dayExitCode, type Told } from './exit-code.ts';
import type { Human } from './human.ts';
import { LATCHED } from './latched.ts';
import { isDue, lastRuns } from './missing.ts';
import { runScenario, type UnderWay } from './scenario.ts';

/** Where the day is, for whoever looks on. */
export type Stage =
  | { at: 'looking' | 'deciding' | 'running' | 'by-hand' | 'asking'; scenario: string }
  | { at: 'lifting' | 'baseline' | 'over' };

/** Where a baseline was saved, why it was not, and what differs from the one before, a line each. */
export type SavedBaseline = Pick<Extract<Happened, { kind: 'baseline' }>, 'path' | 'problem' | 'left'>;

/** What a run is about to write to, and what it and its revert need to be permitted. */
export interface Aim {
  run: string;
  isTarget(deployment: KubeObject): boolean;
  permissions: readonly Permission[];
}

export interface DayDeps {
  day: GameDay;
  agenda: readonly ReadyScenario[];
  /** What the journal says so far. */
  record: DayRecord;
  desk: Desk;
  engine: Pick<Engine, 'run'>;
  monitor: Monitor;
  human: Human;
  by: By;
  /** The clock that experiments live in, and the server's time. */
  clock: Clock;
  serverNow(): number;
  /** One look: whether an experiment of a suite may begin. */
  ready(loaded: LoadedExperiment, signal: AbortSignal): Promise<Readiness>;
  look(): Promise<LookItem[]>;
  /** Saves what the namespaces of the scope look like, and says what differs from before. Never rejects. */
  baseline(when: 'before' | 'after'): Promise<SavedBaseline>;
  /** Another scenario is under way; returns how to say that it is over. */
  underWay(scenario: UnderWay): () => void;
  /** Something happened in a run of ours. */
  ran(event: RunEvent, loaded: LoadedExperiment): void;
  aim(aim: Aim): void;
  /** Follows what monitoring says, where the plan says where. */
  alerts?: Pick<AlertWatch, 'begin' | 'end'>;
  /** Who said that they see the fault of this scenario, and which alert was the first. */
  seenBy(scenario: string): string | undefined;
  alertOf(scenario: string): string | undefined;
  /** Items of the look both ways that the owner answers for, by name. */
  despite: ReadonlySet<string>;
  stage(stage: Stage): void;
  /** Stops the day: what is in is reverted. */
  signal: AbortSignal;
  insist: AbortSignal;
}

export interface DayEnd {
  exitCode: number;
  says: string;
}

/** Leads a day from where its record ends to its end. Whatever happens, what was injected is reverted before it returns. */
export async function leadDay(deps: DayDeps): Promise<DayEnd> {
  const { agenda, record, desk, day } = deps;
  const told: Told[] = record.scenarios.filter(({ name }) => !isDue(record, name)).map(toldOf);
  const due = agenda.filter(({ scenario }) => isDue(record, scenario.name));
  if (!record.baselines.some(({ when }) => when === 'before')) {
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'before'))
      await desk.note({ kind: 'notice', when: 'before', to, text });
    await save(deps, 'before');
  }
  let isStopped = false;
  for (const ready of due) {
    const decided = await decide(deps, ready);
    if (decided === 'stop') {
      isStopped = true;
      break;
    }
    if (decided !== 'go') {
      const end = decided === 'skip' ? 'skipped' : 'refused';
      await desk.note({ kind: 'ended', scenario: ready.scenario.name, end, why: desk.lastNo(ready.scenario.name) });
      told.push({ end, results: [] });
      continue;
    }
    const ended = await runScenario(deps, ready);
    told.push(ended);
    if (ended.end === 'stopped' || ended.results.some(({ residue }) => residue > 0)) {
      isStopped = true;
      break;
    }
  }
  return close(deps, told, isStopped);
}

async function close(deps: DayDeps, told: readonly Told[], isStopped: boolean): Promise<DayEnd> {
  const { desk, day } = deps;
  const residue = told.some(({ results }) => results.some(one => one.residue > 0));
  if (!isStopped) {
    await save(deps, 'after');
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'after'))
      await desk.note({ kind: 'notice', when: 'after', to, text });
  }
  deps.stage({ at: 'over' });
  const exitCode = dayExitCode(told, isStopped);
  const over = told.filter(({ end }) => end === 'done').length;
  const others = (['aborted', 'stopped', 'refused', 'skipped'] as const).flatMap(end => {
    const count = told.filter(one => one.end === end).length;
    return count === 0 ? [] : [`, ${count} ${end}`];
  });
  const left = residue ? '; something is NOT restored: mayday scan' : '';
  const says = `${over} of ${deps.agenda.length} scenarios done${others.join('')}${isStopped ? ', the day stopped before its end' : ''}${left}`;
  await desk.note({ kind: 'end', exitCode, says });
  return { exitCode, says };
}

const toldOf = (scenario: DayRecord['scenarios'][number]): Told => ({
  end: scenario.end ?? 'died',
  results: lastRuns(scenario).flatMap(({ result }) => (result === undefined ? [] : [result])),
  ...(scenario.outcome === undefined ? {} : { outcome: scenario.outcome.outcome }),
});

async function save(deps: DayDeps, when: 'before' | 'after'): Promise<void> {
  deps.stage({ at: 'baseline' });
  await deps.desk.note({ kind: 'baseline', when, ...(await deps.baseline(when)) });
}

/** Looks both ways until somebody decides. */
async function decide(deps: DayDeps, ready: ReadyScenario): Promise<'go' | 'skip' | 'refused' | 'stop'> {
  const { desk, human, signal, despite } = deps;
  const { name } = ready.scenario;
  for (;;) {
    if (signal.aborted) return 'stop';
    deps.stage({ at: 'looking', scenario: name });
    await deps.monitor.look();
    // A stopped day is let go on by the owner, who says so in the journal; nobody looks past that.
    const isAnswered = ({ name: one, ok: isOk }: LookItem) =>
      !isOk && one !== LATCHED && despite.has(one) && deps.by.role === 'owner';
    const items = (await deps.look()).map(item => (isAnswered(item) ? answeredFor(item) : item));
    const ok = items.every(item => item.ok);
    await desk.looked({ kind: 'look', before: name, ok, items });
    deps.stage({ at: 'deciding', scenario: name });
    const go = await human.next(ready, { ok, items }, signal);
    if (go === 'stop' || signal.aborted) return 'stop';
    if (go === 'skip') return ok ? 'skip' : 'refused';
    if (go === 'go' && ok) return 'go';
  }
}

const answeredFor = (item: LookItem): LookItem => ({
  ...item,
  ok: true,
  reason: `the owner answers for: ${item.reason}`,
});
