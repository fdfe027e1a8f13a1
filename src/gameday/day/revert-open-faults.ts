import type { Engine } from '../../engine/engine.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { unmarkedIn } from '../../records/unfinished-lines.ts';
import type { DayRecord } from '../journal/read-day.ts';
import type { EntryOf } from '../journal/record.ts';

type RevertedFaults = Omit<EntryOf<'lifted'>, 'v' | 'at' | 'kind' | 'session'>;

/** The runs of a day. */
const runsOf = (record: DayRecord): Set<string> =>
  new Set(record.scenarios.flatMap(({ runs }) => runs.map(({ run }) => run)));

/**
 * Reverts what the runs of a day left in the cluster when their process died, on whichever machine they ran: the marks name the run.
 * `remaining` is never 0 while something could not be read.
 */
export async function revertOpenFaults(
  engine: Pick<Engine, 'scan' | 'revert' | 'unfinished'>,
  record: DayRecord,
): Promise<RevertedFaults> {
  const runs = runsOf(record);
  const found = await engine.scan({ deep: true });
  const ours = found.injections.filter(({ run }) => run !== undefined && runs.has(run));
  const reverted = await engine.revert(ours);
  // A scan cannot find an object that lost its marks; only the journals of this machine know of it.
  const dead = (await engine.unfinished()).filter(({ run }) => runs.has(run));
  const unmarked = unmarkedIn(dead, undefined, reverted.receipts).length;
  return {
    receipts: reverted.receipts.map(({ object, outcome, verified }) => ({ object: nameOf(object), outcome, verified })),
    remaining: reverted.remaining + unmarked,
    blind: found.blind.length + reverted.blind.length,
  };
}
