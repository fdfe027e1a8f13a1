import type { Engine } from '../../engine/engine.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { DayRecord } from '../journal/read-day.ts';
import type { EntryOf } from '../journal/record.ts';

type Lifted = Omit<EntryOf<'lifted'>, 'v' | 'at' | 'kind' | 'session'>;

/** The runs of a day. */
export const runsOf = (record: DayRecord): Set<string> =>
  new Set(record.scenarios.flatMap(({ runs }) => runs.map(({ run }) => run)));

/**
 * Puts back what the runs of a day left in the cluster when their process died, whichever machine they ran on: the marks say whose they
 * are. `remaining` is never 0 while something could not be read.
 */
export async function liftOpenFaults(
  engine: Pick<Engine, 'scan' | 'revert' | 'unfinished'>,
  record: DayRecord,
): Promise<Lifted> {
  const runs = runsOf(record);
  const found = await engine.scan({ deep: true });
  const ours = found.injections.filter(({ run }) => run !== undefined && runs.has(run));
  const reverted = await engine.revert(ours);
  // What lost its marks is found by no scan, and only this machine's journals know of it.
  const unmarked = (await engine.unfinished())
    .filter(({ run }) => runs.has(run))
    .reduce((sum, one) => sum + (one.unmarked?.length ?? 0), 0);
  return {
    receipts: reverted.receipts.map(({ object, outcome, verified }) => ({ object: nameOf(object), outcome, verified })),
    remaining: reverted.remaining + unmarked,
    blind: found.blind.length + reverted.blind.length,
  };
}
