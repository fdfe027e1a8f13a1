import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { Experiment, LoadedExperiment } from '../../experiment/types.ts';
import type { Permission, Plan, Refusal } from '../../faults/contract.ts';
import type { RunEvent } from '../../run/event.ts';

/** Starts a run with what the console adds to it. */
export type StartRun = (added: {
  emit(event: RunEvent): void;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}) => Promise<FinishedRun>;

interface Right {
  permission: Permission;
  /** `blind`: the cluster would not say. */
  allowed: boolean | 'blind';
}

export interface Gate {
  gate: string;
  ok: boolean;
  reason: string;
}

/** What the preview shows and arming freezes. */
export interface Preflight {
  plan: Plan | Refusal;
  gates: readonly Gate[];
  rights: readonly Right[];
  /** What decides the choice among equals; firing with it aims at what the preview showed. */
  seed: number;
}

export interface ArmedRun {
  loaded: LoadedExperiment;
  preflight: Preflight;
  /** One more gate for the plan that is really about to be sent: is it still the one that was armed? */
  gate(plan: Plan): Gate;
  emit(event: RunEvent): void;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}

export interface RunEnd {
  exitCode: number;
  /** Objects not proven restored. */
  residue: number;
}

export interface Unfinished {
  run: string;
  experiment: Experiment['metadata']['name'];
  /** Writes that may have been applied and were not seen reverted. */
  open: number;
  /** When its guardian ends its fault, server milliseconds; absent where no guardian of it lives. */
  guardianDueAt?: number;
}
