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
import type { By, DayEvent, LookItem } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { ReadyScenario } from './agenda.ts';
import { dayExitCode, type EndState } from './exit-code.ts';
import type { Human } from './human.ts';
import { LATCHED } from './latched.ts';
import { isDue, lastRuns } from './missing.ts';
import type { DayRecorder } from './recorder.ts';
import { runScenario, type UnderWay } from './scenario.ts';

/** What the day is doing now, for display. */
export type Stage =
  | { at: 'looking' | 'deciding' | 'running' | 'by-hand' | 'asking'; scenario: string }
  | { at: 'lifting' | 'baseline' | 'over' };

/** Where a baseline was saved or why it was not, and the differences from the one before, one line each. */
export type SavedBaseline = Pick<Extract<DayEvent, { kind: 'baseline' }>, 'path' | 'problem' | 'left'>;

/** What a run is about to write to, and the permissions that it and its revert need. */
export interface RunTarget {
  run: string;
  isTarget(deployment: KubeObject): boolean;
  permissions: readonly Permission[];
}

export interface DayDeps {
  day: GameDay;
  agenda: readonly ReadyScenario[];
  /** What the journal says so far. */
  record: DayRecord;
  recorder: DayRecorder;
  engine: Pick<Engine, 'run'>;
  monitor: Monitor;
  human: Human;
  by: By;
  /** The clock of experiments, which may run fast, and the server's time. */
  clock: Clock;
  serverNow(): number;
  /** Checks once whether an experiment of a suite may begin. */
  ready(loaded: LoadedExperiment, signal: AbortSignal): Promise<Readiness>;
  look(): Promise<LookItem[]>;
  /** Saves what the namespaces of the scope look like, and says what differs from before. Never rejects. */
  baseline(when: 'before' | 'after'): Promise<SavedBaseline>;
  /** Called when a scenario begins; the function that it returns is called at its end. */
  underWay(scenario: UnderWay): () => void;
  /** Called for every event of our own runs. */
  ran(event: RunEvent, loaded: LoadedExperiment): void;
  runTarget(runTarget: RunTarget): void;
  /** Follows the alerts of monitoring; absent where the plan names no source. */
  alerts?: Pick<AlertWatch, 'begin' | 'end'>;
  /** Who first said that they see the fault of this scenario, and the first alert that began in it. */
  seenBy(scenario: string): string | undefined;
  alertOf(scenario: string): string | undefined;
  /** Names of items of the look both ways that the owner takes responsibility for. */
  despite: ReadonlySet<string>;
  stage(stage: Stage): void;
  /** Stops the day: faults that are in the cluster are reverted. */
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}

export interface DayEnd {
  exitCode: number;
  says: string;
}

/** Leads a day from the end of its record to the end of its agenda. Whatever happens, every injection is reverted before it returns. */
export async function leadDay(deps: DayDeps): Promise<DayEnd> {
  const { agenda, record, recorder, day } = deps;
  const endStates: EndState[] = record.scenarios.filter(({ name }) => !isDue(record, name)).map(endStateOf);
  const due = agenda.filter(({ scenario }) => isDue(record, scenario.name));
  if (!record.baselines.some(({ when }) => when === 'before')) {
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'before'))
      await recorder.note({ kind: 'notice', when: 'before', to, text });
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
      await recorder.note({
        kind: 'ended',
        scenario: ready.scenario.name,
        end,
        why: recorder.lastRefusal(ready.scenario.name),
      });
      endStates.push({ end, results: [] });
      continue;
    }
    const ended = await runScenario(deps, ready);
    endStates.push(ended);
    if (ended.end === 'stopped' || ended.results.some(({ residue }) => residue > 0)) {
      isStopped = true;
      break;
    }
  }
  return close(deps, endStates, isStopped);
}

async function close(deps: DayDeps, ended: readonly EndState[], isStopped: boolean): Promise<DayEnd> {
  const { recorder, day } = deps;
  const residue = ended.some(({ results }) => results.some(one => one.residue > 0));
  if (!isStopped) {
    await save(deps, 'after');
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'after'))
      await recorder.note({ kind: 'notice', when: 'after', to, text });
  }
  deps.stage({ at: 'over' });
  const exitCode = dayExitCode(ended, isStopped);
  const over = ended.filter(({ end }) => end === 'done').length;
  const others = (['aborted', 'stopped', 'refused', 'skipped'] as const).flatMap(end => {
    const count = ended.filter(one => one.end === end).length;
    return count === 0 ? [] : [`, ${count} ${end}`];
  });
  const left = residue ? '; something is NOT restored: mayday scan' : '';
  const says = `${over} of ${deps.agenda.length} scenarios done${others.join('')}${isStopped ? ', the day stopped before its end' : ''}${left}`;
  await recorder.note({ kind: 'end', exitCode, says });
  return { exitCode, says };
}

const endStateOf = (scenario: DayRecord['scenarios'][number]): EndState => ({
  end: scenario.end ?? 'died',
  results: lastRuns(scenario).flatMap(({ result }) => (result === undefined ? [] : [result])),
  ...(scenario.outcome === undefined ? {} : { outcome: scenario.outcome.outcome }),
});

async function save(deps: DayDeps, when: 'before' | 'after'): Promise<void> {
  deps.stage({ at: 'baseline' });
  await deps.recorder.note({ kind: 'baseline', when, ...(await deps.baseline(when)) });
}

/** Repeats the look both ways until somebody decides. */
async function decide(deps: DayDeps, ready: ReadyScenario): Promise<'go' | 'skip' | 'refused' | 'stop'> {
  const { recorder, human, signal, despite } = deps;
  const { name } = ready.scenario;
  for (;;) {
    if (signal.aborted) return 'stop';
    deps.stage({ at: 'looking', scenario: name });
    await deps.monitor.look();
    // `despite` does not apply to a stopped day: the owner must take the latch off, which the journal records.
    const isAnswered = ({ name: one, ok: isOk }: LookItem) =>
      !isOk && one !== LATCHED && despite.has(one) && deps.by.role === 'owner';
    const items = (await deps.look()).map(item => (isAnswered(item) ? answeredFor(item) : item));
    const ok = items.every(item => item.ok);
    await recorder.looked({ kind: 'look', before: name, ok, items });
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
