import type { Receipt } from '../../injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Stopwatch } from '../clocks.ts';
import type { CheckResult } from '../event.ts';
import type { VerdictFacts } from '../verdict/verdict.ts';
import type { Prepared } from './prepared.ts';

/** A refusal by the planner, a gate, the disk or the server: nothing was injected. */
export interface Refused {
  code: string;
  message: string;
}

export interface Baseline {
  state: VerdictFacts['baseline'];
  checks: CheckResult[];
}

/** The result of sending the plan. */
export interface Injection {
  /** Whether the fault was injected as planned. */
  isInjected: boolean;
  /** Counts from just before the first write. */
  watch: Stopwatch;
  /** The objects that were, or may have been, written. */
  written: ObjectRef[];
  /** The written objects as the server answered them, with the marks that were sent. */
  answers: KubeObject[];
  refused?: Refused;
  /** Stopped between two writes. */
  isAborted?: boolean;
  /** Why the undo record is in memory only. */
  recordLost?: string;
  /** The error that ended the injection. */
  error?: unknown;
}

/** How the system behaved with the fault in. */
export interface UnderFault {
  /** Steady for the whole soak time. */
  settled: boolean;
  soakedMs: number;
  recoveryMs?: number;
  /** The experiment's checks at the end, by which the framework would have judged. */
  checks: CheckResult[];
  /** Who undid the fault before mayday's revert. */
  healedBy?: string;
}

/** The result of the revert. */
export interface Reverted {
  receipts: Receipt[];
  /** How many injections are not proven restored. */
  residue: number;
  /** Whether our revert restored something; false if it had been restored already. */
  isByUs: boolean;
}

/** How the system recovered after the revert. */
export interface Recovered {
  settled: boolean;
  recoveryMs?: number;
  /** Who restored the system, if there was nothing for mayday to revert. */
  healedBy?: string;
  /** Objects outside the target that left their baseline. */
  collateral: string[];
}

/**
 * The result of each phase; missing for a phase that was not reached or was cut short. The verdict is made from this
 * and from the observations.
 */
export interface Outcome {
  prepared?: Prepared;
  baseline?: Baseline;
  injection?: Injection;
  underFault?: UnderFault;
  reverted?: Reverted;
  recovered?: Recovered;
  refused?: Refused;
  interrupted?: string;
  /** An internal error ended the run; `interrupted` has its message. */
  broken?: boolean;
}
