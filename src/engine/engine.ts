import type { LoadedExperiment } from '../experiment/types.ts';
import { faultOf } from '../faults/registry.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import { batchedReads } from '../kube/client/lists/batched-reads.ts';
import { endJournal } from '../records/journal.ts';
import { type GuardianWork, guardianWork, type Unfinished, unfinished } from '../records/unfinished.ts';
import { leftOfWrites } from '../revert/run-writes.ts';
import { createDecisions } from '../revert/scan/decisions.ts';
import { type ScanOptions, type ScanResult, scan } from '../revert/scan/scan.ts';
import type { StopOptions } from '../revert/stop/stop-everything.ts';
import type { RunOptions } from '../run/deps.ts';
import { type EngineDeps, readOnlyDeps } from './deps.ts';
import { createIdentity } from './identity.ts';
import { type Reverted, revertRecorded } from './recorded-revert.ts';
import { type FinishedRun, runRecorded } from './recorded-run.ts';
import { readTrust, type TrustHere } from './trust.ts';

/** The engine of one connection: runs, scans, reverts, and finds runs whose process died. */
export interface Engine {
  run(loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun>;
  scan(options?: ScanOptions): Promise<ScanResult>;
  /** Reverts, and stops the framework's experiments and the faults of other tools that `options` names. */
  revert(findings: readonly FoundInjection[], options?: StopOptions): Promise<Reverted>;
  /**
   * The evidence by which undo records are trusted here: the key, the journals of this machine, the framework's
   * experiments.
   */
  trust(): Promise<TrustHere>;
  /** Runs of this machine against this cluster whose process died, and whose writes are, or may be, still in the cluster. */
  unfinished(): Promise<Unfinished[]>;
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
    unfinished: async () => stillOpen(deps, await unfinished(files, stateDir, await identity.here(), deps.isAlive)),
    guardianWork: async () => guardianWork(files, stateDir, await identity.here()),
    run: (loaded, options) => runRecorded(deps, identity, loaded, options),
  };
}

/** Keeps the runs whose writes are, or may be, still in the cluster; ends the journals of the others. */
async function stillOpen(deps: EngineDeps, died: Unfinished[]): Promise<Unfinished[]> {
  const withLeft = await Promise.all(
    died.map(async one => ({ ...one, left: await leftOfWrites(readOnlyDeps(deps), one) })),
  );
  const isOpen = ({ left }: (typeof withLeft)[number]): boolean => left.marked || left.unmarked.length > 0;
  for (const one of withLeft)
    if (!isOpen(one)) await endJournal(deps.files, deps.stateDir, one.run).catch(() => undefined);
  return withLeft.filter(isOpen).map(({ left, ...one }) => (left.unmarked.length === 0 ? one : { ...one, ...left }));
}
