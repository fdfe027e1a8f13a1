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
import { type EngineDeps, looking } from './deps.ts';
import { createIdentity } from './identity.ts';
import { type Reverted, revertRecorded } from './recorded-revert.ts';
import { type FinishedRun, runRecorded } from './recorded-run.ts';
import { readTrust, type TrustHere } from './trust.ts';

/** One connection's engine: run, scan, revert, and find what died in the middle. */
export interface Engine {
  run(loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun>;
  scan(options?: ScanOptions): Promise<ScanResult>;
  /** Reverts, and stops what `options` names of the framework's experiments and of other tools' faults. */
  revert(findings: readonly FoundInjection[], options?: StopOptions): Promise<Reverted>;
  /**
   * Everything that makes an undo record trusted here: the key, the journals of this machine, the framework's own
   * experiments.
   */
  trust(): Promise<TrustHere>;
  /** Runs of this machine against this cluster that died, and of which something is, or may be, still in the cluster. */
  unfinished(): Promise<Unfinished[]>;
  /** Runs that died here and that a guardian finished, since the last run was started. */
  guardianWork(): Promise<GuardianWork[]>;
  /** kube-system's uid, or the server's address where that may not be read. */
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

/** The runs whose writes are, or may be, still in the cluster; the journals of the others are ended. */
async function stillOpen(deps: EngineDeps, died: Unfinished[]): Promise<Unfinished[]> {
  const looked = await Promise.all(died.map(async one => ({ ...one, left: await leftOfWrites(looking(deps), one) })));
  const isOpen = ({ left }: (typeof looked)[number]): boolean => left.marked || left.unmarked.length > 0;
  for (const one of looked)
    if (!isOpen(one)) await endJournal(deps.files, deps.stateDir, one.run).catch(() => undefined);
  return looked.filter(isOpen).map(({ left, ...one }) => (left.unmarked.length === 0 ? one : { ...one, ...left }));
}
