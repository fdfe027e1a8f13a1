import type { Receipt } from '../injection/write/receipt.ts';
import { endJournal, reopenJournal } from '../records/journal.ts';
import { journals, type Unfinished, unfinished } from '../records/unfinished.ts';
import { type LeftUnmarked, unmarkedIn, unmarkedSays } from '../records/unfinished-lines.ts';
import type { Blind } from '../revert/blind.ts';
import type { RevertDeps } from '../revert/deps.ts';
import { acceptLeftover } from '../revert/restore/accept.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import { leftOfWrites } from '../revert/run-writes.ts';
import { messageOf } from '../text/message-of.ts';
import { sanitise } from '../text/sanitise.ts';
import { type EngineDeps, readOnlyDeps } from './deps.ts';
import type { Identity } from './identity.ts';

/** What dead runs of this machine left without marks; `blind` where the journals could not be read. */
export interface UnmarkedLeft {
  unmarked: LeftUnmarked[];
  blind: Blind[];
}

/** The dead runs of this machine whose writes are, or may be, still in the cluster; ends the journals of the others. */
export const unfinishedRuns = async (deps: EngineDeps, identity: Identity): Promise<Unfinished[]> =>
  (await readUnfinished(deps, identity)).runs;

/** The same, and a sentence for each journal that was not read. */
async function readUnfinished(
  deps: EngineDeps,
  identity: Identity,
): Promise<{ runs: Unfinished[]; unread: readonly string[] }> {
  const { read, untrusted } = await journals(deps.files, deps.stateDir, await identity.here());
  const died = unfinished(read, deps.isAlive);
  const withLeft = await Promise.all(died.map(async one => ({ ...one, left: await leftOf(deps, one) })));
  const isOpen = ({ left }: (typeof withLeft)[number]): boolean => left.marked || left.unmarked.length > 0;
  for (const one of withLeft)
    if (!isOpen(one)) await endJournal(deps.files, deps.stateDir, one.run).catch(() => undefined);
  const runs = withLeft
    .filter(isOpen)
    .map(({ left, ...one }) => (left.unmarked.length === 0 ? one : { ...one, ...left }));
  return { runs, unread: untrusted };
}

const leftOf = (deps: EngineDeps, one: Unfinished) =>
  leftOfWrites(readOnlyDeps(deps), { ...one, startedAt: one.header.startedAt });

/** What only the journals of this machine know of, in one namespace or in all; never rejects. */
export async function unmarkedLeft(
  deps: EngineDeps,
  identity: Identity,
  namespace: string | undefined,
  receipts: RevertResult['receipts'] = [],
): Promise<UnmarkedLeft> {
  try {
    const { runs, unread } = await readUnfinished(deps, identity);
    return { unmarked: unmarkedIn(runs, namespace, receipts), blind: unread.map(unreadJournal) };
  } catch (error) {
    return { unmarked: [], blind: [unreadJournal(messageOf(error))] };
  }
}

const unreadJournal = (why: string): Blind => ({
  resource: 'runs',
  reason: sanitise(`journals of this machine, which know of injections without marks: ${why}`, 300),
});

/** Adds it to the result of a revert of everything, so that it counts as remaining. */
export const withUnmarked = (result: RevertResult, { unmarked, blind }: UnmarkedLeft): RevertResult => ({
  ...result,
  ...(unmarked.length === 0 ? {} : { unmarked: unmarked.map(unmarkedSays) }),
  remaining: result.remaining + unmarked.length,
  blind: [...result.blind, ...blind],
});

/**
 * Settles what a person accepted as it is. The receipt is also written to the journal of the run, so that no later scan
 * reports it.
 */
export async function acceptUnmarked(
  { files, stateDir }: EngineDeps,
  revertDeps: RevertDeps,
  accepted: readonly LeftUnmarked[],
): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for (const { run, ...leftover } of accepted) {
    const receipt = await acceptLeftover(revertDeps, leftover);
    const refused = receipt.verified ? await journalProblem(files, stateDir, run, receipt) : undefined;
    receipts.push(
      refused === undefined
        ? receipt
        : { ...receipt, outcome: 'failed', verified: false, message: `${receipt.message}; ${refused}` },
    );
  }
  return receipts;
}

/** Why the receipt could not be written to the journal of the run. */
async function journalProblem(
  files: EngineDeps['files'],
  stateDir: string,
  run: string,
  receipt: Receipt,
): Promise<string | undefined> {
  try {
    const journal = await reopenJournal(files, stateDir, run);
    await journal.reverted(receipt);
    await journal.close();
    return undefined;
  } catch (error) {
    return sanitise(
      `the journal of run ${run} could not be written, so the next scan reports it again: ${messageOf(error)}`,
      300,
    );
  }
}
