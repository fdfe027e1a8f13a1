import type { Engine } from '../../engine/engine.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { ScanResult } from '../../revert/scan/scan.ts';
import type { ClusterExperiment } from '../../revert/stop/cluster-experiment.ts';
import type { StopOptions } from '../../revert/stop/stop-everything.ts';
import { printNotice } from '../output/notice.ts';

/** A healthy cluster with 10,000 objects is read in two seconds. Lists that take longer than this go on while the rest is reverted. */
const SLOW_AFTER_MS = 3_000;

/** The first scan of a revert. */
export interface FirstScan {
  /** The result so far. */
  scanned: ScanResult;
  /** The whole result, once slow lists have ended. */
  whole: ScanResult | Promise<ScanResult>;
  /** Options for the revert, so that it also reverts and stops what slow lists show; empty where no list is slow. */
  later(choose: Choosers): Pick<StopOptions, 'later' | 'laterExperiments'>;
}

/** Chooses from a scan what is to be reverted. */
interface Choosers {
  findings(found: readonly FoundInjection[]): readonly FoundInjection[];
  experiments(found: readonly ClusterExperiment[]): readonly ClusterExperiment[];
}

/** Scans the cluster. With `mayGoAhead` it does not wait for slow lists, and names them on stderr. */
export async function firstScan(
  engine: Engine,
  scope: { namespace?: string },
  mayGoAhead: boolean,
): Promise<FirstScan> {
  const scanned = await engine.scan({ deep: true, ...scope, ...(mayGoAhead ? { slowAfterMs: SLOW_AFTER_MS } : {}) });
  const { rest } = scanned;
  const isEmpty = !scanned.injections.some(({ state }) => state !== 'foreign');
  if (rest === undefined || isEmpty) {
    const whole = rest === undefined ? scanned : await rest;
    return { scanned: whole, whole, later: () => ({}) };
  }
  printSlow(scanned);
  return {
    scanned,
    whole: rest,
    later: choose => ({
      later: async () => choose.findings((await rest).injections),
      laterExperiments: async () => choose.experiments((await rest).experiments),
    }),
  };
}

function printSlow({ slow = [] }: ScanResult): void {
  const named = `${slow.slice(0, 8).join(', ')}${slow.length > 8 ? ', …' : ''}`;
  printNotice(`not yet listed: ${named}; what is already known is reverted meanwhile`);
}
