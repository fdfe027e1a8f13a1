import type { Clock } from '../host/clock.ts';
import type { RunReverted } from '../revert/run-writes.ts';
import { type ServerTime, startStopwatch } from '../run/clocks.ts';
import { type GuardedRun, type Move, nextMove, noteWrite } from './guarded-run.ts';
import type { FromGuardian, FromOwner } from './message.ts';
import type { GuardianNotices } from './notices.ts';
import { type RetryEnd, revertUntilDone } from './revert-retry.ts';
import { createWakeUp } from './wake-up.ts';

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
  /** One attempt to revert what a run wrote. */
  revert(guarded: GuardedRun): Promise<RunReverted>;
  /** Sends notices; the guardian does not wait for them. */
  teller?: GuardianNotices | undefined;
  /** Called when the revert of a run has ended. */
  ended(guarded: GuardedRun, end: RetryEnd): Promise<void>;
  /** Sends a message to the owner, which may be gone. */
  send(message: FromGuardian): void;
  log(event: string, facts: Record<string, unknown>): void;
  /** Revert as soon as the owner is gone, without waiting for the TTL. */
  atOnce: boolean;
  /** How long a revert is tried before the cluster is assumed to be gone for good, milliseconds. */
  retryForMs: number;
}

export interface Guardian {
  receive(message: FromOwner): void;
  /** Call when the pipe has closed: the owner is gone. */
  ownerGone(): void;
  /** Call when the guardian must end: runs without an owner are reverted at once. */
  hurry(): void;
  /** Resolves when the owner is gone and nothing is left to guard. */
  readonly over: Promise<void>;
}

/** About half a minute of attempts; then people are told that the fault is still in the cluster. */
const TRIES_TO_TELL = 12;
const ANSWER_MS = 3_000;
const PROBE_EACH_MS = 15_000;
const LOOK_EACH_MS = 1_000;
/** How far the wall clock may drift from the monotonic one; more means that the machine slept or the clock was set. */
const JUMP_MS = 1_000;

/** Guards the runs of one owner, and reverts what the owner cannot revert any more. */
export function createGuardian(deps: GuardianDeps): Guardian {
  const { clock, log } = deps;
  const guardedRuns = new Map<string, GuardedRun>();
  const reverts = new Map<string, Promise<void>>();
  const wakeUp = createWakeUp(clock);
  const circumstances = { ownerGone: false, ownerAsleep: false, hurry: deps.atOnce };
  let heardOwner: (() => void) | undefined;
  let asking: Promise<boolean> | undefined;
  let finish: () => void = () => undefined;
  const over = new Promise<void>(resolve => {
    finish = resolve;
  });

  function endIfDone(): void {
    if (circumstances.ownerGone && guardedRuns.size === 0 && reverts.size === 0) finish();
  }

  function guard(message: Extract<FromOwner, { is: 'guard' }>): void {
    const { n, run } = message;
    const guarded = guardedRuns.get(run) ?? addRun(message);
    const isTaken = guarded.holder === 'ours';
    if (!isTaken) noteWrite(guarded, message.on);
    const why = 'the guardian took this run over while this process did not answer';
    deps.send(isTaken ? { is: 'no', n, why } : { is: 'yes', n });
  }

  function addRun({ run, type, experiment, dueInMs, lock }: Extract<FromOwner, { is: 'guard' }>): GuardedRun {
    const watch = startStopwatch(clock, deps.serverTime);
    const guarded: GuardedRun = {
      run,
      type,
      experiment,
      written: [],
      watch,
      dueMs: dueInMs,
      holder: 'owner',
      isReady: false,
      ...(lock ? { lock } : {}),
    };
    guardedRuns.set(run, guarded);
    log('guarding', { run, type, experiment, dueInMs: Math.round(dueInMs) });
    deps.prepare(run);
    void watchOver(guarded);
    return guarded;
  }

  async function letRevert({ n, run }: Extract<FromOwner, { is: 'revert' }>): Promise<void> {
    const guarded = guardedRuns.get(run);
    if (guarded?.holder === 'owner') guarded.holder = 'reverting';
    await reverts.get(run);
    deps.send({ is: 'yes', n });
  }

  function runOver({ run, residue }: Extract<FromOwner, { is: 'over' }>): void {
    const guarded = guardedRuns.get(run);
    if (!guarded) return;
    if (residue === 0 || guarded.holder === 'ours') guardedRuns.delete(run);
    else guarded.holder = 'left';
    log('over', { run, residue });
    wakeUp.wake();
  }

  function sleeps(message: Extract<FromOwner, { is: 'asleep' | 'awake' }>): void {
    circumstances.ownerAsleep = message.is === 'asleep';
    log(message.is === 'asleep' ? 'owner suspended' : 'owner goes on', { runs: guardedRuns.size });
    wakeUp.wake();
    if (message.is === 'asleep') deps.send({ is: 'yes', n: message.n });
  }

  /**
   * Whether the owner answers at all, although it has not announced a revert of what is overdue. Asked once for all
   * runs.
   */
  function ownerAnswers(): Promise<boolean> {
    asking ??= (async () => {
      const answered = new AbortController();
      heardOwner = () => answered.abort();
      deps.send({ is: 'there?' });
      const silent = await clock.sleep(ANSWER_MS, answered.signal).then(
        () => true,
        () => false,
      );
      asking = undefined;
      return !silent;
    })();
    return asking;
  }

  async function watchOver(guarded: GuardedRun): Promise<void> {
    for (;;) {
      if (guardedRuns.get(guarded.run) !== guarded) return;
      const move = await decide(guarded);
      if (move.is === 'revert') return takeOver(guarded, move.why);
      if (move.is === 'wait') await wakeUp.sleep(move.ms);
      if (move.is === 'ready') {
        guarded.isReady = true;
        deps.prefetch(guarded);
      }
      guarded.watch.correct();
    }
  }

  async function decide(guarded: GuardedRun): Promise<Move> {
    const move = nextMove(guarded, circumstances);
    if (move.is !== 'ask') return move;
    if (await ownerAnswers()) return { is: 'wait', ms: LOOK_EACH_MS };
    // Meanwhile the owner may have died, or announced its revert.
    return nextMove(guarded, circumstances).is === 'ask'
      ? { is: 'revert', why: 'its time is up and its process does not answer' }
      : { is: 'wait', ms: 0 };
  }

  function takeOver(guarded: GuardedRun, why: string): void {
    guarded.holder = 'ours';
    const lateMs = Math.round((guarded.watch.elapsed() - guarded.dueMs) * 10) / 10;
    log('reverting', { run: guarded.run, type: guarded.type, why, lateMs });
    const reverting = revertUntilDone({
      longestMs: deps.retryForMs,
      clock,
      random: deps.random,
      revert: () => deps.revert(guarded),
      tried: (reverted, tries) => {
        log('tried', { run: guarded.run, tries, ...tryFacts(reverted) });
        if (!(reverted instanceof Error)) deps.teller?.tried(guarded.run, reverted);
        if (tries === TRIES_TO_TELL) deps.teller?.stillIn(guarded);
      },
    })
      .then(async end => {
        log(end, { run: guarded.run });
        deps.teller?.ended(guarded, end);
        await deps.ended(guarded, end);
      })
      .catch((error: unknown) => log('broken', { run: guarded.run, why: String(error) }))
      .finally(() => {
        reverts.delete(guarded.run);
        // While the owner lives it must still be told that this run is no longer its own.
        if (circumstances.ownerGone) guardedRuns.delete(guarded.run);
        endIfDone();
      });
    reverts.set(guarded.run, reverting);
  }

  /** Keeps the connection warm and the server's time known; at once when the wall clock shows that the machine slept. */
  async function keepTime(): Promise<void> {
    const drift = () => clock.now() - clock.monotonic();
    let seen = drift();
    let probedAt = Number.NEGATIVE_INFINITY;
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const jumped = Math.abs(drift() - seen) > JUMP_MS;
      if (jumped || clock.monotonic() - probedAt >= PROBE_EACH_MS) {
        const heard = await deps.probe();
        probedAt = heard ? clock.monotonic() : Number.NEGATIVE_INFINITY;
        if (heard) seen = drift();
        if (heard && jumped) wakeUp.wake();
      }
      await wakeUp.sleep(LOOK_EACH_MS);
    }
  }
  void keepTime();

  return {
    over,
    receive(message) {
      heardOwner?.();
      if (message.is === 'guard') guard(message);
      else if (message.is === 'revert') void letRevert(message);
      else if (message.is === 'over') runOver(message);
      else if (message.is === 'asleep' || message.is === 'awake') sleeps(message);
    },
    ownerGone() {
      if (circumstances.ownerGone) return;
      circumstances.ownerGone = true;
      for (const [run, guarded] of guardedRuns)
        if (guarded.holder === 'ours' && !reverts.has(run)) guardedRuns.delete(run);
      log('owner gone', { runs: guardedRuns.size });
      wakeUp.wake();
      endIfDone();
    },
    hurry() {
      circumstances.hurry = true;
      log('told to end', { runs: guardedRuns.size });
      wakeUp.wake();
    },
  };
}

function tryFacts(reverted: RunReverted | Error): Record<string, unknown> {
  if (reverted instanceof Error) return { broken: reverted.message };
  const { remaining, blind, receipts } = reverted;
  return {
    remaining,
    ...(blind.length > 0 ? { blind } : {}),
    receipts: receipts.map(({ id, outcome, verified, message }) => ({ id, outcome, verified, message })),
  };
}
