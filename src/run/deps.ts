import type { LoadedExperiment } from '../experiment/types.ts';
import type { Fault, Permission, Plan } from '../faults/contract.ts';
import type { FaultType } from '../faults/types.ts';
import type { Clock } from '../host/clock.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Dependant } from '../knowledge/dependants.ts';
import type { Api } from '../kube/client/api.ts';
import type { GateResult } from '../safety/gate.ts';
import type { RunEvent } from './event.ts';

/** What one injection wrote, and so what is to be reverted. */
export interface RevertRequest {
  run: string;
  type: FaultType;
  written: ObjectRef[];
  /** The written objects as the server answered them. */
  answers?: readonly KubeObject[];
}

/**
 * The outcome of reverting. `remaining` counts what is not proven restored; it is never 0 while something could not be
 * read.
 */
export interface RevertedWrites {
  receipts: Receipt[];
  remaining: number;
  blind: string[];
}

/** Write-ahead notes of one run: the executor's records, and the run's own. Each resolves once the note would survive a crash. */
export interface RunJournal extends Journal {
  event(event: RunEvent): Promise<void>;
  reverted(receipt: Receipt): Promise<void>;
  end(verdict: { verdict: string; residue: number }): Promise<void>;
}

/** Everything a run needs, passed in so that tests control time, randomness and the cluster. */
export interface RunDeps {
  api: Api;
  clock: Clock;
  /** In [0,1), each call. */
  random: () => number;
  who: { user: string; host: string };
  fault(type: FaultType): Fault<unknown>;
  /** Every gate, asked once, with the plan that would be sent. */
  gates(loaded: LoadedExperiment, plan: Plan, namespace: string): Promise<GateResult[]>;
  /** Starts the guardian: another process, which reverts the run if this one dies. It reports the outcome itself. */
  startGuardian?(): Promise<void>;
  /**
   * Takes the lock of the operator under test. This comes last, so that a run that is refused does not lock anybody
   * out.
   */
  takeLock?(): Promise<GateResult>;
  /** Signs the records that a plan writes; returns them unchanged where there is no key. */
  sign?(plan: Plan): Promise<Plan>;
  /**
   * Called shortly before the fault's time is up, to prepare what the revert needs. The revert may still start earlier,
   * or never.
   */
  prefetch?(request: RevertRequest): void;
  /** What of the injection still differs from before, and what of it cannot be read; one line each. Writes nothing. */
  notRestored(request: RevertRequest): Promise<{ away: string[]; blind: string[] }>;
  /** Puts back what was written and proves it. Never given the signal that aborted the run. */
  revert(request: RevertRequest): Promise<RevertedWrites>;
  /**
   * Compares once more what was reverted. Returns the receipts that change because somebody has overwritten the
   * original since.
   */
  overwritten(request: RevertRequest, receipts: readonly Receipt[]): Promise<Receipt[]>;
  journal: RunJournal;
}

export interface RunOptions {
  /** Sortable by time; the caller makes it, because the journal is named after it. */
  run: string;
  emit: (event: RunEvent) => void;
  /**
   * Called with the experiment's target and scope (by which a Deployment is judged to belong to the experiment) and with the permissions
   * that injecting and reverting need; nothing is written before it resolves.
   */
  aims?: (isTarget: (deployment: KubeObject) => boolean, permissions: readonly Permission[]) => Promise<void>;
  /** Aborting stops the run and reverts what was written. */
  signal?: AbortSignal;
  /** Aborting this during the revert stops waiting for it and reports what remains; the revert goes on. */
  stopWaiting?: AbortSignal;
  /** Overrides the document's TTL, milliseconds. */
  ttlMs?: number;
  /** Continuous steady time that counts as recovered; 10 s by default. */
  soakMs?: number;
  /** Longest time for the whole run, milliseconds. After that the run is interrupted and reverted. */
  timeoutMs?: number;
  dryRun?: boolean;
  /** What needs the target, and is watched for harm like the target's neighbours. */
  dependants?: readonly Dependant[];
}
