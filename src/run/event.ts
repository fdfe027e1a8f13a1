import type { Receipt } from '../injection/write/receipt.ts';
import type { ObjectRef } from '../k8s/object.ts';

export type Phase =
  | 'Pending'
  | 'SteadyStatePre'
  | 'Injecting'
  | 'Observing'
  | 'Reverting'
  | 'SteadyStatePost'
  | 'Evaluating'
  | 'Complete'
  | 'Aborted';

export type Verdict = 'Resilient' | 'Degraded' | 'Failed' | 'Inconclusive';

/** T0…T7 in milliseconds since the epoch, server time; not set if it did not happen. */
export interface Timings {
  /** T0: the first write was sent. */
  injectedAt?: number;
  /** T1: when the first watched state left its baseline. */
  firstSymptomAt?: number;
  /** When the cluster first showed that the fault took effect. */
  effectProvenAt?: number;
  /** T2: the cluster's own first Warning event about a watched object. */
  detectedAt?: number;
  /** T4: the first write on a watched object by a field manager that is neither a known controller nor mayday. */
  engagedAt?: number;
  /** T5: steady again before mayday reverted the fault. */
  healedAt?: number;
  /** T6: mayday reverted the fault and proved it by reading back. */
  revertedAt?: number;
  /** T7: steady for the whole soak time. */
  stableAt?: number;
  /** Milliseconds from the injection (or from the revert, if that restored the system) to steady. */
  recoveryMs?: number;
}

interface At {
  /** Milliseconds since the epoch, server time. */
  at: number;
  run: string;
}

/** The conclusion of a run. */
export interface Conclusion {
  verdict: Verdict;
  reasons: string[];
  timings: Timings;
  selfHealed: boolean;
  restoredBy: string;
  compat: { verdict: Verdict; why: string };
  /** How many injections of this run are not proven restored. */
  residue: number;
}

/** One line of a run, in order; the last is the verdict. */
export type RunEvent = At &
  (
    | { event: 'phase'; phase: Phase; experiment?: string }
    | { event: 'gate'; gate: string; ok: boolean; reason: string }
    | { event: 'baseline'; checks: CheckResult[]; passed: boolean }
    | {
        event: 'injected';
        writes: string[];
        pods: string[];
        /** The object that the injection is about; missing in old records. */
        target?: ObjectRef;
        ttlDeadline?: number;
        recoveryDeadline: number;
      }
    | { event: 'effect'; state: 'proven' | 'pending' | 'absent'; evidence: string[]; afterMs: number }
    | { event: 'check'; check: CheckResult; from: CheckState; afterMs: number }
    | { event: 'recovered'; afterMs: number; by: string; selfHealed: boolean }
    | { event: 'deadline'; clock: 'ttl' | 'recovery'; afterMs: number }
    | { event: 'reverted'; receipts: Receipt[]; remaining: number }
    /** Whether another process ends the fault if this one dies. */
    | { event: 'guard'; on: boolean; says: string }
    | { event: 'note'; text: string }
    | ({ event: 'verdict' } & Conclusion)
  );

/** An event without the run and the time, as the engine's parts make it; the lifecycle adds both. */
type WithoutContext<E> = E extends unknown ? Omit<E, 'at' | 'run'> : never;
export type RunEventBody = WithoutContext<RunEvent>;

export type CheckState = 'pass' | 'fail' | 'blind';

export interface CheckResult {
  /** `Deployment kserve/kserve-controller-manager Available`. */
  name: string;
  state: CheckState;
  expected: string;
  actual: string;
}
