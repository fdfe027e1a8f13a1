import type { HeldLock } from '../engine/operator-lock.ts';
import type { FaultType } from '../faults/types.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Stopwatch } from '../run/clocks.ts';

/**
 * Who reverts a guarded run. `owner`: the process that injected still runs and will revert. `reverting`: it has announced its revert. `left`:
 * it ended the run with residue. `guardian`: the guardian reverts it, or has done so.
 */
type Holder = 'owner' | 'reverting' | 'left' | 'guardian';

/** One guarded run: the objects that were, or may have been, written, and when they must be reverted. */
export interface GuardedRun {
  readonly run: string;
  readonly type: FaultType;
  readonly experiment: string;
  written: ObjectRef[];
  readonly watch: Stopwatch;
  /** When it must be reverted, on the stopwatch, milliseconds. */
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
 * What a guardian does about a run now. `ask`: the run is overdue and its owner has not announced a revert, so ask
 * whether the owner still answers. `ready`: the run is about to be due, so prefetch.
 */
export type Move = { is: 'wait'; ms: number } | { is: 'ready' } | { is: 'ask' } | { is: 'revert'; why: string };

/** What is known of the owner, for all of its runs. */
export interface Circumstances {
  ownerGone: boolean;
  /** The owner has announced that it is being suspended. */
  ownerSuspended: boolean;
  /** Revert runs without an owner at once, because of the configuration or because the guardian must end. */
  hurry: boolean;
  /** The monotonic time at which the guardian was told to end, if it was. */
  toldToEndAt?: number;
}

/** How long the guardian waits after the deadline for a running owner, which announces its revert within milliseconds. */
const GRACE_MS = 1_000;
/** How long the guardian waits for an owner that has announced its revert and may then have been suspended. */
const REVERTING_MS = 10_000;
/** How long before the deadline the revert is prefetched. */
const PREFETCH_BEFORE_MS = 500;

/** The longest wait between two decisions: a machine that was suspended is noticed soon after it resumes. */
const LONGEST_WAIT_MS = 1_000;

/** Decides by the clock and by which processes run. The guardian never competes with a running owner. */
export function nextMove(run: GuardedRun, { ownerGone, ownerSuspended, hurry }: Circumstances): Move {
  const leftMs = run.dueMs - run.watch.elapsed();
  if (!ownerGone) {
    if (run.holder === 'left' || run.holder === 'guardian') return { is: 'wait', ms: LONGEST_WAIT_MS };
    if (ownerSuspended) return atTheTime(run, leftMs, 'its time is up and its process is suspended');
    const leftWithGraceMs = leftMs + (run.holder === 'reverting' ? REVERTING_MS : GRACE_MS);
    return leftWithGraceMs > 0 ? { is: 'wait', ms: Math.min(leftWithGraceMs, LONGEST_WAIT_MS) } : { is: 'ask' };
  }
  if (run.holder === 'reverting') return { is: 'revert', why: 'its process died while reverting it' };
  if (run.holder === 'left') return { is: 'revert', why: 'its process ended and left it' };
  if (hurry) return { is: 'revert', why: 'its process is gone' };
  return atTheTime(run, leftMs, 'its time is up and its process is gone');
}

function atTheTime(run: GuardedRun, leftMs: number, why: string): Move {
  if (leftMs <= 0) return { is: 'revert', why };
  if (leftMs > PREFETCH_BEFORE_MS) return { is: 'wait', ms: Math.min(leftMs - PREFETCH_BEFORE_MS, LONGEST_WAIT_MS) };
  return run.isReady ? { is: 'wait', ms: leftMs } : { is: 'ready' };
}
