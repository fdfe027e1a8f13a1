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

/** The writes of one injection, which must be reverted. */
export interface RevertRequest {
  run: string;
  type: FaultType;
  written: ObjectRef[];
  /** The written objects as the server answered them. */
  answers?: readonly KubeObject[];
}

/**
 * The outcome of a revert. `remaining` counts the writes that are not proven restored; it is never 0 while something
 * could not be read.
 */
export interface RevertedWrites {
  receipts: Receipt[];
  remaining: number;
  blind: string[];
}

/** The write-ahead journal of one run. Each method resolves when the entry would survive a crash of this machine. */
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
  /** Asks every gate once, with the plan to be sent. */
  gates(loaded: LoadedExperiment, plan: Plan, namespace: string): Promise<GateResult[]>;
  /** Starts the guardian: another process, which reverts the run if this one dies. It reports the outcome itself. */
  startGuardian?(): Promise<void>;
  /**
   * Takes the lock of the operator under test. Called last, so that a refused run locks nobody out.
   */
  takeLock?(): Promise<GateResult>;
  /** Signs the undo records that a plan writes; returns the plan unchanged if there is no key. */
  sign?(plan: Plan): Promise<Plan>;
  /**
   * Called shortly before the fault's time is up, to prepare what the revert needs. The revert may still start earlier,
   * or never.
   */
  prefetch?(request: RevertRequest): void;
  /** The objects that are not restored (`away`), and those that cannot be read; one line each. Writes nothing. */
  notRestored(request: RevertRequest): Promise<{ away: string[]; blind: string[] }>;
  /** Restores what was written and proves it. It does not get the signal that aborted the run. */
  revert(request: RevertRequest): Promise<RevertedWrites>;
  /**
   * Compares the restored objects once more. Returns the receipts that change because somebody has overwritten the
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
   * Called with a function that says whether a Deployment belongs to the experiment, and with the permissions that injecting and
   * reverting need; nothing is written before it resolves.
   */
  onPlanned?: (isTarget: (deployment: KubeObject) => boolean, permissions: readonly Permission[]) => Promise<void>;
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
  /** Components that depend on the target; they are watched for collateral damage like the target's neighbours. */
  dependants?: readonly Dependant[];
}
