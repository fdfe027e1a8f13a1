import type { LoadedExperiment } from '../experiment/types.ts';
import { leavesNothing } from '../faults/recognition.ts';
import type { FaultType } from '../faults/types.ts';
import type { Clock } from '../host/clock.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { OpenJournal } from '../records/journal.ts';
import type { RunJournal, RunOptions } from '../run/deps.ts';
import type { RunEvent, RunEventBody } from '../run/event.ts';
import { age } from '../text/duration.ts';
import type { HeldLock } from './operator-lock.ts';

/** One write that is about to be sent. */
export interface Announcement {
  run: string;
  type: FaultType;
  experiment: string;
  on: ObjectRef;
  /** Milliseconds from now until the guardian may revert it. */
  dueInMs: number;
  /** What to release once everything is reverted. */
  lock?: HeldLock;
}

/** Whether another process would end our faults. */
export type Watch = { on: true; pid: number; processStart?: string; log: string } | { on: false; why: string };

/** The guardian: a process that outlives this one and reverts what this one no longer can. */
export interface Guard {
  /** Makes sure that the guardian runs, for this run until it is over. Never rejects. */
  begin(run: string, changed: (watch: Watch) => void): Promise<Watch>;
  /** Resolves once the guardian knows of the write, or if there is no guardian. Rejects if the guardian took the run over: then the write must not be sent. */
  announce(write: Announcement): Promise<void>;
  /**
   * Resolves when the guardian leaves the reverting of this run to us; waits for what it is reverting already. Never
   * rejects, never waits long.
   */
  reverting(run: string): Promise<void>;
  /**
   * This process is about to be suspended. Whether the guardian ends its faults at their TTL meanwhile. Never rejects,
   * never waits long.
   */
  asleep(): Promise<boolean>;
  /** This process goes on after it was suspended. */
  awake(): void;
  /** The run has ended here; `residue` is undefined if it is not known what is left. */
  over(run: string, residue: number | undefined): void;
}

/** Without a guardian no fault stays in longer than this, whatever its TTL. */
const LONGEST_MS = 3_600_000;

/** How long after the injection a guardian reverts: the TTL, else the time to recover, an hour at most. Milliseconds. */
function guardedFor({ experiment }: LoadedExperiment, ttlMs?: number): number {
  const { injection, hypothesis } = experiment.spec;
  return Math.min((ttlMs ?? injection.ttlMs) || hypothesis.recoveryTimeoutMs, LONGEST_MS);
}

/** Whether a run may leave something that another process could end. */
export function needsGuard({ experiment }: LoadedExperiment, options: Pick<RunOptions, 'dryRun'>): boolean {
  const { injection, blastRadius } = experiment.spec;
  return !options.dryRun && !blastRadius.dryRun && !leavesNothing(injection.type);
}

/** One run and its guard. */
export interface RunGuard {
  /** Starts the guardian if it does not run yet, and reports that once. */
  ready(): Promise<void>;
  /** The run's journal, through which the guardian hears of each write before it is sent. */
  journal: RunJournal;
  /** Called with every event of the run. */
  onRunEvent(event: RunEvent): void;
  /** May be announced ahead of the revert; a process that was suspended in between announces it again. */
  reverting(): Promise<void>;
  over(residue: number | undefined): void;
}

/** The guardian waits longer than this for an owner that has announced its revert. */
const SAID_HOLDS_MS = 2_000;

/** Ties a run to the guard. `emit` sends an event of the run. */
export function guardRun(
  guard: Guard,
  journal: OpenJournal,
  run: {
    id: string;
    loaded: LoadedExperiment;
    options: Pick<RunOptions, 'ttlMs'>;
    lock: () => HeldLock | undefined;
  },
  deps: { clock: Clock; serverNow: () => number; emit: (body: RunEventBody) => void },
): RunGuard {
  const { clock, serverNow, emit } = deps;
  const { metadata, spec } = run.loaded.experiment;
  const wholeMs = guardedFor(run.loaded, run.options.ttlMs);
  let startedAt: number | undefined;
  let begun: Promise<Watch> | undefined;
  let said: { at: number; heard: Promise<void> } | undefined;
  const dueInMs = () => wholeMs - (startedAt === undefined ? 0 : clock.monotonic() - startedAt);

  function writeDown(watch: Watch): void {
    if (!watch.on) return;
    const { on: _on, ...facts } = watch;
    // This entry is only for the next start; without it the cluster's marks show the same.
    journal.guarded({ ...facts, dueAt: Math.round(serverNow() + dueInMs()) }).catch(() => undefined);
  }
  const announceWatch = (watch: Watch) => emit({ event: 'guard', on: watch.on, says: guardText(watch, wholeMs) });
  const changed = (watch: Watch) => {
    announceWatch(watch);
    writeDown(watch);
  };

  return {
    async ready() {
      if (begun) return void (await begun);
      begun = guard.begin(run.id, changed);
      announceWatch(await begun);
    },
    journal: {
      ...journal,
      async append(record) {
        const isNews = record.record === 'intent' && record.purpose === 'inject';
        const lock = run.lock();
        await Promise.all([
          journal.append(record),
          isNews
            ? guard.announce({
                run: run.id,
                type: spec.injection.type,
                experiment: metadata.name,
                on: record.write.on,
                dueInMs: dueInMs(),
                ...(lock ? { lock } : {}),
              })
            : undefined,
        ]);
      },
    },
    onRunEvent(event) {
      if (event.event !== 'phase' || event.phase !== 'Injecting') return;
      // The run's own stopwatch starts right after this.
      startedAt = clock.monotonic();
      void begun?.then(writeDown);
    },
    reverting() {
      if (!said || clock.monotonic() - said.at > SAID_HOLDS_MS)
        said = { at: clock.monotonic(), heard: guard.reverting(run.id) };
      return said.heard;
    },
    over: residue => guard.over(run.id, residue),
  };
}

function guardText(watch: Watch, wholeMs: number): string {
  return watch.on
    ? `pid ${watch.pid} ends the fault ${age(wholeMs)} after the injection should this process die; its log is ${watch.log}`
    : `${watch.why}; nobody but this process ends the fault`;
}
