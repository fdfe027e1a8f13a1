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
  /** The lock to release after everything was reverted. */
  lock?: HeldLock;
}

/** Whether a guardian watches, which would revert our faults. */
export type Watch = { on: true; pid: number; processStart?: string; log: string } | { on: false; why: string };

/** The guardian: a process that outlives this one and reverts if this one no longer can. */
export interface Guard {
  /** Makes sure that a guardian runs until this run is over. Never rejects. */
  begin(run: string, changed: (watch: Watch) => void): Promise<Watch>;
  /** Resolves when the guardian knows of the write, or if there is no guardian. Rejects if the guardian has taken the run over; then the write must not be sent. */
  announce(write: Announcement): Promise<void>;
  /**
   * Tells the guardian that this process reverts the run. Resolves when the guardian agrees; waits for a revert of this
   * run that it has begun. Never rejects, never waits long.
   */
  reverting(run: string): Promise<void>;
  /**
   * Tells the guardian that this process is about to be suspended. Returns whether the guardian reverts its faults at
   * their TTL meanwhile. Never rejects, never waits long.
   */
  suspended(): Promise<boolean>;
  /** Tells the guardian that this process continues after it was suspended. */
  resumed(): void;
  /** Tells the guardian that the run has ended; `residue` is undefined if it is not known how much is left. */
  over(run: string, residue: number | undefined): void;
}

/** The longest time after which a guardian reverts, even if the TTL is longer, milliseconds. */
const LONGEST_MS = 3_600_000;

/** How long after the injection a guardian reverts: the TTL, else the time to recover, an hour at most. Milliseconds. */
function guardedFor({ experiment }: LoadedExperiment, ttlMs?: number): number {
  const { injection, hypothesis } = experiment.spec;
  return Math.min((ttlMs ?? injection.ttlMs) || hypothesis.recoveryTimeoutMs, LONGEST_MS);
}

/** Whether a run may leave a fault that another process could revert. */
export function needsGuard({ experiment }: LoadedExperiment, options: Pick<RunOptions, 'dryRun'>): boolean {
  const { injection, blastRadius } = experiment.spec;
  return !options.dryRun && !blastRadius.dryRun && !leavesNothing(injection.type);
}

/** One run and its guard. */
export interface RunGuard {
  /** Starts the guardian if it does not run yet, and reports that once. */
  ready(): Promise<void>;
  /** The run's journal; appending an intent also announces the write to the guardian before it is sent. */
  journal: RunJournal;
  /** Called with every event of the run. */
  onRunEvent(event: RunEvent): void;
  /** Announces the revert to the guardian, possibly early; announced again if the last time is too long ago. */
  reverting(): Promise<void>;
  over(residue: number | undefined): void;
}

/** An announced revert is announced again after this time, milliseconds; the guardian waits longer for an owner that has announced it. */
const REANNOUNCE_MS = 2_000;

/** Connects a run with the guard. `emit` sends an event of the run. */
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
  let announced: { at: number; confirmed: Promise<void> } | undefined;
  const dueInMs = () => wholeMs - (startedAt === undefined ? 0 : clock.monotonic() - startedAt);

  function noteWatch(watch: Watch): void {
    if (!watch.on) return;
    const { on: _on, ...facts } = watch;
    // The entry only helps the next start; without it the marks in the cluster show the same.
    journal.guarded({ ...facts, dueAt: Math.round(serverNow() + dueInMs()) }).catch(() => undefined);
  }
  const announceWatch = (watch: Watch) => emit({ event: 'guard', on: watch.on, says: guardText(watch, wholeMs) });
  const changed = (watch: Watch) => {
    announceWatch(watch);
    noteWatch(watch);
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
        const isInjection = record.record === 'intent' && record.purpose === 'inject';
        const lock = run.lock();
        await Promise.all([
          journal.append(record),
          isInjection
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
      void begun?.then(noteWatch);
    },
    reverting() {
      if (!announced || clock.monotonic() - announced.at > REANNOUNCE_MS)
        announced = { at: clock.monotonic(), confirmed: guard.reverting(run.id) };
      return announced.confirmed;
    },
    over: residue => guard.over(run.id, residue),
  };
}

function guardText(watch: Watch, wholeMs: number): string {
  return watch.on
    ? `pid ${watch.pid} reverts the fault ${age(wholeMs)} after the injection if this process dies; its log is ${watch.log}`
    : `${watch.why}; only this process reverts the fault`;
}
