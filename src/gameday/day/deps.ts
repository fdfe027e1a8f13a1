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
import type { By, DayEvent, SafetyItem } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { ReadyScenario } from './agenda.ts';
import type { Human } from './human.ts';
import type { DayRecorder } from './recorder.ts';

/** The scenario that is under way, and how to stop it from outside. */
export interface UnderWay {
  scenario: string;
  /** Ends the injection and reverts it, for this reason. */
  stop(end: 'aborted' | 'stopped', why: string): void;
}

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
  look(): Promise<SafetyItem[]>;
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
  /** Names of items of the safety check that the owner takes responsibility for. */
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
