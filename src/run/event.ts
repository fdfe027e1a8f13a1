import type { Receipt } from '../injection/receipt.ts';

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

/** T0…T7 in milliseconds since the epoch, server time; absent where it did not happen (see docs/verdicts.md). */
export interface Timings {
  injectedAt?: number;
  firstSymptomAt?: number;
  effectProvenAt?: number;
  healedAt?: number;
  revertedAt?: number;
  stableAt?: number;
  /** Milliseconds from injection (or revert) to steady. */
  recoveryMs?: number;
}

interface At {
  /** Milliseconds since the epoch, server time. */
  at: number;
  run: string;
}

/** One line of a run, in order; the last is the verdict. */
export type RunEvent = At &
  (
    | { event: 'phase'; phase: Phase }
    | { event: 'gate'; gate: string; ok: boolean; reason: string }
    | { event: 'baseline'; checks: CheckResult[]; passed: boolean }
    | { event: 'injected'; writes: string[]; pods: string[]; ttlDeadline?: number; recoveryDeadline: number }
    | { event: 'effect'; state: 'proven' | 'pending' | 'absent'; evidence: string[]; afterMs: number }
    | { event: 'check'; check: CheckResult; from: CheckState; afterMs: number }
    | { event: 'recovered'; afterMs: number; by: string; selfHealed: boolean }
    | { event: 'deadline'; clock: 'ttl' | 'recovery'; afterMs: number }
    | { event: 'reverted'; receipts: Receipt[]; remaining: number }
    | { event: 'note'; text: string }
    | {
        event: 'verdict';
        verdict: Verdict;
        reasons: string[];
        timings: Timings;
        selfHealed: boolean;
        restoredBy: string;
        compat: { verdict: Verdict; why: string };
        residue: number;
      }
  );

export type CheckState = 'pass' | 'fail' | 'blind';

export interface CheckResult {
  /** `Deployment kserve/kserve-controller-manager Available`. */
  name: string;
  state: CheckState;
  expected: string;
  actual: string;
}
