import type { Clock } from '../host/clock.ts';
import type { RunReverted } from '../revert/run-writes.ts';
import { type ServerTime, startStopwatch } from '../run/clocks.ts';
import type { Circumstances, GuardedRun } from './guarded-run.ts';
import type { FromGuardian, FromOwner } from './message.ts';
import type { GuardianNotices } from './notices.ts';
import { createOwnerCheck, type OwnerCheck } from './owner-check.ts';
import type { RetryEnd } from './revert-retry.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';

/** What a guardian needs from outside. */
export interface GuardianDeps {
  clock: Clock;
  random: () => number;
  serverTime: ServerTime;
  /** Sends any request, so that the server's time is known; false when there was no answer. */
  probe(): Promise<boolean>;
  /** Called when a run is announced, to prepare its revert. */
  prepare(run: string): void;
  /** Called once, shortly before a run is reverted because its time is up. */
  prefetch(guarded: GuardedRun): void;
  /** One attempt to revert the writes of a run. */
  revert(guarded: GuardedRun): Promise<RunReverted>;
  /** Sends notices; the guardian does not wait for them. */
  notices?: GuardianNotices | undefined;
  /** Called when the revert of a run has ended. */
  ended(guarded: GuardedRun, end: RetryEnd): Promise<void>;
  /** Sends a message to the owner, which may be gone. */
  send(message: FromGuardian): void;
  log(event: string, facts: Record<string, unknown>): void;
  /** Revert as soon as the owner is gone, without waiting for the TTL. */
  atOnce: boolean;
  /** How long a revert is tried before the guardian gives up, milliseconds. */
  retryForMs: number;
}

/** The state of a guardian: the runs of its owner, the reverts that have begun, and the state of the owner. */
export interface GuardianState {
  readonly deps: GuardianDeps;
  readonly runs: Map<string, GuardedRun>;
  readonly reverts: Map<string, Promise<void>>;
  readonly circumstances: Circumstances;
  readonly wakeUp: WakeUp;
  readonly owner: OwnerCheck;
  /** Resolves when the owner is gone and nothing is left to guard. */
  readonly over: Promise<void>;
  endIfDone(): void;
}

/** The state of a guardian whose owner has just started it. */
export function createGuardianState(deps: GuardianDeps): GuardianState {
  const runs = new Map<string, GuardedRun>();
  const reverts = new Map<string, Promise<void>>();
  const circumstances: Circumstances = { ownerGone: false, ownerSuspended: false, hurry: deps.atOnce };
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  return {
    deps,
    runs,
    reverts,
    circumstances,
    wakeUp: createWakeUp(deps.clock),
    owner: createOwnerCheck(deps),
    over,
    endIfDone() {
      if (circumstances.ownerGone && runs.size === 0 && reverts.size === 0) finish();
    },
  };
}

/** Adds a run that the owner has just announced. */
export function newRun(
  { deps: { clock, serverTime }, runs }: GuardianState,
  { run, type, experiment, dueInMs, lock }: Extract<FromOwner, { is: 'guard' }>,
): GuardedRun {
  const guarded: GuardedRun = {
    run,
    type,
    experiment,
    written: [],
    watch: startStopwatch(clock, serverTime),
    dueMs: dueInMs,
    holder: 'owner',
    isReady: false,
    ...(lock ? { lock } : {}),
  };
  runs.set(run, guarded);
  return guarded;
}
