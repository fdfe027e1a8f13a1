import type { Receipt } from '../../injection/write/receipt.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindReason } from '../blind.ts';
import type { RevertDeps } from '../deps.ts';
import { recognise } from '../scan/recognise.ts';
import { type Leftover, writtenByUs } from '../scan/unmarked.ts';
import { counting } from './counting.ts';
import { giveUpFields } from './hand-over.ts';

type End = Pick<Receipt, 'outcome' | 'verified' | 'message'>;

const refused = (message: string): End => ({ outcome: 'failed', verified: false, message });

/**
 * Settles what a dead run left without marks, after a person accepted it as it is: gives up the ownership of the fields
 * that mayday wrote, and changes no value. The receipt is `stripped`, never a restore: no record shows the original.
 */
export async function acceptLeftover(by: RevertDeps, leftover: Leftover): Promise<Receipt> {
  const began = by.clock.monotonic();
  const api = counting(by.api);
  const { outcome, verified, message } = await accepted({ ...by, api }, leftover);
  const { id, type, object } = leftover;
  const ms = Math.round(by.clock.monotonic() - began);
  return { id, type, object, outcome, verified, requests: api.requests, ms, message: sanitise(message, 2000) };
}

async function accepted(deps: RevertDeps, { id, object }: Leftover): Promise<End> {
  const { uid: _uid, ...ref } = object;
  const got = await deps.api.get(ref);
  if (!got.ok)
    return got.reason === 'not-found'
      ? stripped('nothing of it is left that could be restored from')
      : refused(`not accepted: it cannot be read: ${blindReason(got)}`);
  if (recognise(got.value).length > 0)
    return refused('not accepted: it carries an undo record again; a scan shows it, revert it from that');
  const fields = writtenByUs(got.value);
  const why = await giveUpFields(deps, id, got.value);
  if (why !== undefined)
    return refused(`not accepted: the ownership of ${fields.join(', ')} cannot be given up: ${why}`);
  const after = await deps.api.get(ref);
  if (!after.ok && after.reason !== 'not-found') return refused(`could not be read back: ${blindReason(after)}`);
  const still = after.ok ? writtenByUs(after.value) : [];
  if (still.length > 0) return refused(`read back: mayday still owns ${still.join(', ')}`);
  return stripped(
    fields.length === 0 ? 'mayday owns no field of it' : `mayday gave up the ownership of ${fields.join(', ')}`,
  );
}

const stripped = (what: string): End => ({
  outcome: 'stripped',
  verified: true,
  message: `accepted as it is, as requested; ${what}; the value was left as it is and not compared`,
});
