import type { Engine } from '../engine/engine.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { ClusterExperiment } from '../revert/cluster-experiment.ts';
import type { ScanResult } from '../revert/scan.ts';
import type { StopOptions } from '../revert/stop-everything.ts';
import { tell } from './tell.ts';

/** A healthy cluster with 10,000 objects is read in two seconds. What takes longer than this is waited for while the rest is put back. */
const SLOW_AFTER_MS = 3_000;

/** The first look of a revert. */
export interface Look {
  /** What is known now. */
  scanned: ScanResult;
  /** Everything, once slow lists have ended. */
  whole: ScanResult | Promise<ScanResult>;
  /** For the revert: what slow lists show is chosen from as well, and put back or stopped; nothing where no list is slow. */
  later(choose: Choosing): Pick<StopOptions, 'later' | 'laterExperiments'>;
}

/** What of a look is meant. */
export interface Choosing {
  findings(found: readonly FoundInjection[]): readonly FoundInjection[];
  experiments(found: readonly ClusterExperiment[]): readonly ClusterExperiment[];
}

/** Looks at the cluster; with `mayGoAhead` slow lists hold up nothing, and are told on stderr. */
export async function lookAround(engine: Engine, scope: { namespace?: string }, mayGoAhead: boolean): Promise<Look> {
  const scanned = await engine.scan({ deep: true, ...scope, ...(mayGoAhead ? { slowAfterMs: SLOW_AFTER_MS } : {}) });
  const { rest } = scanned;
  const isEmpty = !scanned.injections.some(({ state }) => state !== 'foreign');
  if (rest === undefined || isEmpty) {
    const whole = rest === undefined ? scanned : await rest;
    return { scanned: whole, whole, later: () => ({}) };
  }
  tellSlow(scanned);
  return {
    scanned,
    whole: rest,
    later: choose => ({
      later: async () => choose.findings((await rest).injections),
      laterExperiments: async () => choose.experiments((await rest).experiments),
    }),
  };
}

function tellSlow({ slow = [] }: ScanResult): void {
  const named = `${slow.slice(0, 8).join(', ')}${slow.length > 8 ? ', …' : ''}`;
  tell(`not yet listed: ${named}; what is known is put back meanwhile`);
}
