import type { LoadedExperiment } from '../experiment/types.ts';
import { faultOf } from '../faults/registry.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import { batchedReads } from '../kube/client/lists/batched-reads.ts';
import { type GuardianWork, guardianWork, type Unfinished } from '../records/unfinished.ts';
import { createDecisions } from '../revert/scan/decisions.ts';
import { type ScanOptions, type ScanResult, scan } from '../revert/scan/scan.ts';
import type { RunOptions } from '../run/deps.ts';
import type { EngineDeps } from './deps.ts';
import { createIdentity } from './identity.ts';
import { type Reverted, type RevertOrder, revertRecorded } from './recorded-revert.ts';
import { type FinishedRun, runRecorded } from './recorded-run.ts';
import { readTrust, type TrustHere } from './trust.ts';
import { type UnmarkedLeft, unfinishedRuns, unmarkedLeft } from './unfinished-runs.ts';

/** The engine of one connection: runs, scans, reverts, and finds runs whose process died. */
export interface Engine {
  run(loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun>;
  scan(options?: ScanOptions): Promise<ScanResult>;
  /** Reverts, and stops the framework's experiments and the faults of other tools that `options` names. */
  revert(findings: readonly FoundInjection[], options?: RevertOrder): Promise<Reverted>;
  /**
   * The evidence by which undo records are trusted here: the key, the journals of this machine, the framework's
   * experiments.
   */
  trust(): Promise<TrustHere>;
  /** Runs of this machine against this cluster whose process died, and whose writes are, or may be, still in the cluster. */
  unfinished(): Promise<Unfinished[]>;
  /** What dead runs of this machine left without marks, in one namespace or in all: no scan finds it. A revert of everything adds it itself. */
  unmarked(namespace?: string): Promise<UnmarkedLeft>;
  /** Runs whose process died here and that a guardian reverted, since the last run was started. */
  guardianWork(): Promise<GuardianWork[]>;
  /** The uid of namespace kube-system, or the server's address if that may not be read. */
  clusterUid(): Promise<string>;
}

/** The engine on one connection. */
export function createEngine(deps: EngineDeps): Engine {
  const { api, clock, files, stateDir } = deps;
  const decisions = createDecisions(clock);
  const identity = createIdentity(deps);
  return {
    clusterUid: identity.clusterUid,
    trust: () => readTrust(deps, identity),
    scan: options => scan({ api: batchedReads(api), clock, faultOf, decisions }, options),
    revert: (findings, options = {}) => revertRecorded(deps, { identity, decisions }, findings, options),
    unfinished: () => unfinishedRuns(deps, identity),
    unmarked: namespace => unmarkedLeft(deps, identity, namespace),
    guardianWork: async () => guardianWork(files, stateDir, await identity.here()),
    run: (loaded, options) => runRecorded(deps, identity, loaded, options),
  };
}
