import type { HeldLock } from '../engine/operator-lock.ts';
import type { FaultType } from '../faults/types.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Stopwatch } from '../run/clocks.ts';

/**
 * Whose a guarded run is. `owner`: the process that injected lives and will lift it. `lifting`: it said that it is lifting. `left`: it
 * said that it is done and something is left. `ours`: the guardian lifts it, or has.
 */
type Holder = 'owner' | 'lifting' | 'left' | 'ours';

/** One guarded run: what was, or may have been, written, and when it must be out. */
export interface GuardedRun {
  readonly run: string;
  readonly type: FaultType;
  readonly experiment: string;
  written: ObjectRef[];
  readonly watch: Stopwatch;
  /** On the stopwatch, milliseconds. */
  readonly dueMs: number;
  holder: Holder;
  /** What its process held others off with. */
  readonly lock?: HeldLock;
  /** What lifting it needs has been read ahead. */
  isReady: boolean;
}

const sameRef = (a: ObjectRef, b: ObjectRef): boolean =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;

/** Adds an object, once. */
export function noteWrite(run: GuardedRun, on: ObjectRef): void {
  if (!run.written.some(ref => sameRef(ref, on))) run.written.push(on);
}

/**
 * What a guardian may do about a run at this moment. `ask`: it is overdue, and the owner has not said a word, or not for long.
 * `ready`: it is about to be due.
 */
export type Move = { do: 'wait'; ms: number } | { do: 'ready' } | { do: 'ask' } | { do: 'lift'; why: string };

export interface Circumstances {
  ownerGone: boolean;
  /** It said that it is being stopped. */
  ownerAsleep: boolean;
  /** Lift what is nobody's at once: so configured, or told to end. */
  hurry: boolean;
}

/** An owner that lives says that it lifts within milliseconds of the deadline. */
const GRACE_MS = 1_000;
/** One that said that it lifts may be stopped all the same. */
const LIFTING_MS = 10_000;
const AHEAD_MS = 500;
/** A machine that slept is noticed this soon after it woke. */
const LONGEST_NAP_MS = 1_000;

/** Decides by the clock and by who is left. An owner that lives is never raced. */
export function nextMove(run: GuardedRun, { ownerGone, ownerAsleep, hurry }: Circumstances): Move {
  const leftMs = run.dueMs - run.watch.elapsed();
  if (!ownerGone) {
    if (run.holder === 'left' || run.holder === 'ours') return { do: 'wait', ms: LONGEST_NAP_MS };
    if (ownerAsleep) return atTheTime(run, leftMs, 'its time is up and its process is suspended');
    const patientMs = leftMs + (run.holder === 'lifting' ? LIFTING_MS : GRACE_MS);
    return patientMs > 0 ? { do: 'wait', ms: Math.min(patientMs, LONGEST_NAP_MS) } : { do: 'ask' };
  }
  if (run.holder === 'lifting') return { do: 'lift', why: 'its process died while lifting it' };
  if (run.holder === 'left') return { do: 'lift', why: 'its process ended and left it' };
  if (hurry) return { do: 'lift', why: 'its process is gone' };
  return atTheTime(run, leftMs, 'its time is up and its process is gone');
}

function atTheTime(run: GuardedRun, leftMs: number, why: string): Move {
  if (leftMs <= 0) return { do: 'lift', why };
  if (leftMs > AHEAD_MS) return { do: 'wait', ms: Math.min(leftMs - AHEAD_MS, LONGEST_NAP_MS) };
  return run.isReady ? { do: 'wait', ms: leftMs } : { do: 'ready' };
}
