import type { RevertAsked } from '../../console/session/revert.ts';
import type { Engine } from '../../engine/engine.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import type { Blind } from '../../revert/blind.ts';
import type { RevertResult } from '../../revert/revert-all.ts';

/** What was asked to be reverted: everything or single faults, in one namespace or in all, and what a person accepted as it is. */
interface Asked {
  what: unknown;
  within: string | undefined;
  accepted: RevertAsked['accepted'] | undefined;
}

/**
 * What lost its marks and is not settled, how many of these the result does not count yet, and which unread journals it does not name. A
 * revert of single faults leaves them out. The result of a revert of everything counts them already; that of the revert that follows a
 * person's answer does not.
 */
export async function unmarkedAfter(
  engine: Pick<Engine, 'unmarked'>,
  { what, within, accepted }: Asked,
  { receipts }: Pick<RevertResult, 'receipts'>,
): Promise<{ unmarked: readonly LeftUnmarked[]; more: number; unread: readonly Blind[] }> {
  if (what !== 'all' && accepted === undefined) return { unmarked: [], more: 0, unread: [] };
  const { unmarked, blind } = await engine.unmarked(within);
  if (accepted === undefined) return { unmarked, more: 0, unread: [] };
  const counted = accepted.filter(({ id }) => receipts.some(receipt => receipt.id === id && !receipt.verified));
  return { unmarked, more: Math.max(0, unmarked.length - counted.length), unread: blind };
}
