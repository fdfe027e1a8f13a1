import type { Restore } from '../../faults/contract.ts';
import { execute } from '../../injection/write/executor.ts';
import { fieldsTakenBy, isBusy, withHandOver } from '../../injection/write/ownership.ts';
import { executeWithReread } from '../../injection/write/replan.ts';
import { stripBoundTo } from '../../injection/write/two-steps.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { RevertDeps } from '../deps.ts';
import { lookAgain } from '../read-back/look-again.ts';
import { notHeld } from '../read-back/not-held.ts';
import { putRecordBack } from '../read-back/put-record-back.ts';
import { wearing } from '../read-back/remembered.ts';
import { isBack, verifyRestore } from '../read-back/verify.ts';
import type { Decision } from '../scan/classify.ts';
import { onlyWhatIsThere } from '../scan/history.ts';
import { type End, failed, noted } from './end.ts';
import { giveOwnershipBack } from './hand-over.ts';
import { refusedEnd } from './refusal.ts';
import { doneSays, keepsCarrier, writesOf } from './stages.ts';

export type Decided = Decision & { restore: Restore };

/** The value was written and the record is still on the object. `rest` follows when everything is proven. */
interface FirstStep {
  first: Write | undefined;
  stored: KubeObject | undefined;
  rest: readonly Write[];
}

/** The second step: if the server's answer shows the original, the record is removed; otherwise it stays. */
export async function strip(deps: RevertDeps, done: Decided, { first, stored, rest }: FirstStep): Promise<End> {
  const fault = deps.faultOf(done.finding.type);
  if (!fault || !stored || first?.verb !== 'patch')
    return failed(`${done.restore.says}, but nothing tells what it made`, true);
  const isForced = done.restore.is === 'diverged';
  const { finding, restore } = done;
  // A record that was found elsewhere is not on what the server answers.
  const wears = finding.lost ? wearing(stored, finding.live) : stored;
  const marked = fault.restore({ ...finding, live: wears }, done.live);
  if (!isBack(marked, isForced))
    return notHeld({ finding, restore, instead: marked, now: stored, isByServer: true, record: { ok: true } });
  let changed: End | undefined;
  const again = async () => {
    const next = await lookAgain(deps, finding, { force: false });
    if ('outcome' in next) changed = next.outcome === 'already-restored' ? { ...next, outcome: 'reverted' } : next;
    else if (!next.restore) changed = failed(next.finding.message ?? 'nothing may be done');
    else if (isBack(next.restore, isForced)) return markWrites(next.restore, next);
    else
      changed = notHeld({
        finding,
        restore,
        instead: next.restore,
        now: next.finding.live,
        isByServer: false,
        record: { ok: true },
      });
    return undefined;
  };
  const marks = onlyWhatIsThere(markWrites(marked, done), stored);
  // While the record is still there: if this process dies here, only the record names the owners.
  const early = isBusy(stored) ? await giveOwnershipBack(deps, finding.id, [{ write: first, object: stored }]) : [];
  const taken = fieldsTakenBy(first, stored);
  const writes = marks.map(write =>
    withHandOver(stripBoundTo(write, first, stored), stored, taken, first.owners ?? []),
  );
  const { execution } = await executeWithReread(writes, again, deps, { id: finding.id, purpose: 'revert' });
  if (changed) return changed;
  if (execution.state !== 'done') return refusedEnd(execution, restore);
  const object = execution.steps[0]?.object ?? stored;
  const notes = isBusy(stored)
    ? early
    : await giveOwnershipBack(deps, finding.id, [{ write: first, object: stored, now: object }]);
  return noted(await finish(deps, done, rest), notes);
}

const markWrites = (restore: Restore, { finding }: Decision): Write[] =>
  writesOf(restore).filter(
    write => write.verb !== 'delete' && keepsCarrier({ ...restore, writes: [write] } as Restore, finding),
  );

/** Reads back and compares; only then deletes what was kept in case the comparison fails. */
export async function finish(deps: RevertDeps, done: Decided, rest: readonly Write[]): Promise<End> {
  const { finding, restore, live } = done;
  const fault = deps.faultOf(finding.type);
  if (!fault) return failed(`this version cannot revert ${finding.type}`);
  const proof = await verifyRestore(deps.api, fault, finding, restore, live);
  if (proof.state === 'open') return failed(`${restore.says}, but ${proof.message}`, true);
  if (proof.state === 'not-held') {
    const { instead, now } = proof;
    const record = await putRecordBack(deps, finding, restore);
    return notHeld({ finding, restore, instead, now, isByServer: false, record });
  }
  // It was restored: what others write from now on is not our doing.
  deps.begun?.delete(finding.id);
  const after = await execute(rest, deps, { id: finding.id, purpose: 'revert' });
  if (after.state !== 'done') return refusedEnd(after, restore, restore.says);
  if (restore.is === 'diverged' && restore.lost !== undefined && proof.state === 'held')
    return {
      outcome: 'stripped',
      verified: true,
      message: `as forced: the marks are off, and nothing is missing but ${restore.lost}`,
    };
  const outcome = restore.is === 'already-restored' ? 'already-restored' : 'reverted';
  if (proof.state === 'gone')
    return { outcome: 'gone', verified: true, message: 'the object was deleted meanwhile, and the injection with it' };
  return { outcome, verified: true, message: doneSays(restore, finding) };
}
