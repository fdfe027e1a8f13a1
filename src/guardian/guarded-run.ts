import type { HeldLock } from '../engine/operator-lock.ts';
import type { FaultType } from '../faults/types.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Stopwatch } from '../run/clocks.ts';

/**
 * Who reverts a guarded run. `owner`: the process that injected lives and will revert it. `reverting`: it said that it is reverting. `left`: it
 * ended and said that something is left. `ours`: the guardian reverts it, or has done so.
 */
type Holder = 'owner' | 'reverting' | 'left' | 'ours';

/** One guarded run: the objects that were or may have been written, and when they must be reverted. */
export interface GuardedRun {
  readonly run: string;
  readonly type: FaultType;
  readonly experiment: string;
  written: ObjectRef[];
  readonly watch: Stopwatch;
  /** On the stopwatch, milliseconds. */
  readonly dueMs: number;
  holder: Holder;
  /** The lock that its process held. */
  readonly lock?: HeldLock;
  /** Whether the reads that its revert needs have been prefetched. */
  isReady: boolean;
}

const sameRef = (a: ObjectRef, b: ObjectRef): boolean =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;

/** Adds an object, once. */
export function noteWrite(run: GuardedRun, on: ObjectRef): void {
  if (!run.written.some(ref => sameRef(ref, on))) run.written.push(on);
}

/**
 * What a guardian may do about a run now. `ask`: the run is overdue and its owner has not announced a revert recently.
 * `ready`: it is about to be due.
 */
export type Move = { is: 'wait'; ms: number } | { is: 'ready' } | { is: 'ask' } | { is: 'revert'; why: string };

export interface Circumstances {
  ownerGone: boolean;
  /** It said that it is being stopped. */
  ownerAsleep: boolean;
  /** Revert runs without an owner at once: because it is configured so, or because the guardian must end. */
  hurry: boolean;
}

/** A living owner announces its revert within milliseconds of the deadline. */
const GRACE_MS = 1_000;
/** An owner that has announced its revert may still be suspended. */
const REVERTING_MS = 10_000;
const AHEAD_MS = 500;
/** A machine that slept is noticed this soon after it woke. */
const LONGEST_NAP_MS = 1_000;

/** Decides by the clock and by which processes live. It never competes with a living owner. */
export function nextMove(run: GuardedRun, { ownerGone, ownerAsleep, hurry }: Circumstances): Move {
  const leftMs = run.dueMs - run.watch.elapsed();
  if (!ownerGone) {
    if (run.holder === 'left' || run.holder === 'ours') return { is: 'wait', ms: LONGEST_NAP_MS };
    if (ownerAsleep) return atTheTime(run, leftMs, 'its time is up and its process is suspended');
    const patientMs = leftMs + (run.holder === 'reverting' ? REVERTING_MS : GRACE_MS);
    return patientMs > 0 ? { is: 'wait', ms: Math.min(patientMs, LONGEST_NAP_MS) } : { is: 'ask' };
  }
  if (run.holder === 'reverting') return { is: 'revert', why: 'its process died while reverting it' };
  if (run.holder === 'left') return { is: 'revert', why: 'its process ended and left it' };
  if (hurry) return { is: 'revert', why: 'its process is gone' };
  return atTheTime(run, leftMs, 'its time is up and its process is gone');
}

function atTheTime(run: GuardedRun, leftMs: number, why: string): Move {
  if (leftMs <= 0) return { is: 'revert', why };
  if (leftMs > AHEAD_MS) return { is: 'wait', ms: Math.min(leftMs - AHEAD_MS, LONGEST_NAP_MS) };
  return run.isReady ? { is: 'wait', ms: leftMs } : { is: 'ready' };
}
