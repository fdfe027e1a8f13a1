import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../host/clock.ts';
import type { Files } from '../../host/files.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Triage } from '../../triage/finding/result.ts';
import type { ConditionStatus } from '../conditions/judge.ts';
import type { By, DayEntry, KeptFile, Session } from '../journal/record.ts';
import type { Plan } from '../plan/read-plan.ts';
import type { ProbeSeen, ProbeWorld } from '../probes/probe.ts';
import type { ReadyScenario } from './agenda.ts';
import type { DayDeps, SavedBaseline, Stage } from './deps.ts';
import type { Human } from './human.ts';

/** Everything outside that a day uses; passed in, so that tests can replace it. */
export interface LeadDeps {
  api: Api;
  engine: Pick<Engine, 'run' | 'scan' | 'revert' | 'unfinished' | 'clusterUid'>;
  /** `clock` is the clock of experiments, which may run fast; `realClock` is wall time. */
  clock: Clock;
  realClock: Clock;
  random: () => number;
  files: Files;
  stateDir: string;
  world: ProbeWorld;
  /** The least possible difference between the clocks of this machine and the cluster, milliseconds; undefined where it is not known. */
  skewMs(): number | undefined;
  triage(): Promise<Triage>;
  ready: DayDeps['ready'];
  /** Saves a baseline of these namespaces in the folder of the day, and gives each difference from the one before as a line. Never rejects. */
  baseline(when: 'before' | 'after', folder: string, namespaces: readonly string[]): Promise<SavedBaseline>;
  /** Notifies the receivers of a tripped condition; the day does not wait for it. */
  notifyTripped?(of: { day: string; condition: string; text: string; scenario?: string }): void;
  me: Pick<Session, 'user' | 'host' | 'pid' | 'processStart' | 'version'>;
}

/** The day to lead, and who leads it. */
export interface DayOrder {
  plan: Plan;
  agenda: readonly ReadyScenario[];
  kept: readonly KeptFile[];
  /** The journal of a day that has begun already; absent for a new day. */
  begun?: { path: string; text: string };
  by: By;
  despite: ReadonlySet<string>;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
  human(day: Day): Human;
  onUpdate(update: DayUpdate): void;
}

/** Updates for display. */
export type DayUpdate =
  | { is: 'entry'; entry: DayEntry }
  | { is: 'standings'; standings: readonly ConditionStatus[]; probes: readonly ProbeSeen[] }
  | { is: 'stage'; stage: Stage };

/** What people can do while a day goes on, at any moment. */
export interface Day {
  readonly journal: string;
  /** Anybody may call it. Faults are reverted, and nothing more is injected until the owner releases the latch. */
  stop(by: By, why: string): Promise<void>;
  /** Takes the latch off. False where `by` is not the owner or there is no latch. */
  unlatch(by: By): Promise<boolean>;
  latched(): string | undefined;
  /** `at`: when the key was pressed, by the server's time. */
  note(by: By, text: string, at: number, tag?: string): Promise<void>;
  /** Records that somebody sees the fault. */
  seen(by: By, at: number): Promise<void>;
}
