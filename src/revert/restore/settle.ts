import type { Restore } from '../../faults/contract.ts';
import { execute } from '../../injection/write/executor.ts';
import { fieldsTakenBy, isBusy, withHandOver } from '../../injection/write/ownership.ts';
import { executeWithReread } from '../../injection/write/replan.ts';
import { stripBoundTo } from '../../injection/write/two-steps.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { RevertDeps } from '../deps.ts';
import { withMarksOf } from '../read-back/marks-from-memory.ts';
import { notHeld } from '../read-back/not-held.ts';
import { readAndDecide } from '../read-back/read-and-decide.ts';
import { isRestored, verifyRestore } from '../read-back/verify.ts';
import { writeRecordAgain } from '../read-back/write-record-again.ts';
import type { Decision } from '../scan/classify.ts';
import { withoutMissingAnnotations } from '../scan/history.ts';
import { type End, failed, withNotes } from './end.ts';
import { giveOwnershipBack } from './hand-over.ts';
import { refusedEnd } from './refusal.ts';
import { doneSays, keepsCarrier, writesOf } from './stages.ts';

export type Decided = Decision & { restore: Restore };

/** The first step: the value is written, the undo record is still on the object. `rest` follows after the proof. */
interface FirstStep {
  first: Write | undefined;
  stored: KubeObject | undefined;
  rest: readonly Write[];
}

/** The second step: if the server's answer shows the original, the record is removed; otherwise it stays. */
export async function strip(deps: RevertDeps, done: Decided, { first, stored, rest }: FirstStep): Promise<End> {
  const fault = deps.faultOf(done.finding.type);
  if (!fault || !stored || first?.verb !== 'patch')
    return failed(`${done.restore.says}, but the server's answer does not show the result`, true);
  const isForced = done.restore.is === 'diverged';
  const { finding, restore } = done;
  // A record that was found elsewhere is not on the object in the server's answer.
  const withRecord = finding.lost ? withMarksOf(stored, finding.live) : stored;
  const marked = fault.restore({ ...finding, live: withRecord }, done.live);
  if (!isRestored(marked, isForced))
    return notHeld({ finding, restore, instead: marked, now: stored, isByServer: true, record: { ok: true } });
  let changed: End | undefined;
  const again = async () => {
    const next = await readAndDecide(deps, finding, { force: false });
    if ('outcome' in next) changed = next.outcome === 'already-restored' ? { ...next, outcome: 'reverted' } : next;
    else if (!next.restore) changed = failed(next.finding.message ?? 'nothing may be done');
    else if (isRestored(next.restore, isForced)) return markWrites(next.restore, next);
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
  const marks = withoutMissingAnnotations(markWrites(marked, done), stored);
  // Done before the undo record is removed: if this process crashes here, only the record holds the owners.
  const notesBeforeStrip = isBusy(stored)
    ? await giveOwnershipBack(deps, finding.id, [{ write: first, object: stored }])
    : [];
  const taken = fieldsTakenBy(first, stored);
  const writes = marks.map(write =>
    withHandOver(stripBoundTo(write, first, stored), stored, taken, first.owners ?? []),
  );
  const { execution } = await executeWithReread(writes, again, deps, { id: finding.id, purpose: 'revert' });
  if (changed) return changed;
  if (execution.state !== 'done') return refusedEnd(execution, restore);
  const object = execution.steps[0]?.object ?? stored;
  const notes = isBusy(stored)
    ? notesBeforeStrip
    : await giveOwnershipBack(deps, finding.id, [{ write: first, object: stored, now: object }]);
  return withNotes(await finish(deps, done, rest), notes);
}

const markWrites = (restore: Restore, { finding }: Decision): Write[] =>
  writesOf(restore).filter(
    write => write.verb !== 'delete' && keepsCarrier({ ...restore, writes: [write] } as Restore, finding),
  );

/** Reads back and compares; only then sends `rest`, which deletes the backup. */
export async function finish(deps: RevertDeps, done: Decided, rest: readonly Write[]): Promise<End> {
  const { finding, restore, live } = done;
  const fault = deps.faultOf(finding.type);
  if (!fault) return failed(`this version cannot revert ${finding.type}`);
  const proof = await verifyRestore(deps.api, fault, finding, restore, live);
  if (proof.state === 'open') return failed(`${restore.says}, but ${proof.message}`, true);
  if (proof.state === 'not-held') {
    const { instead, now } = proof;
    const record = await writeRecordAgain(deps, finding, restore);
    return notHeld({ finding, restore, instead, now, isByServer: false, record });
  }
  // It is restored; later writes are by others.
  deps.begun?.delete(finding.id);
  const after = await execute(rest, deps, { id: finding.id, purpose: 'revert' });
  if (after.state !== 'done') return refusedEnd(after, restore, restore.says);
  if (restore.is === 'diverged' && restore.lost !== undefined && proof.state === 'held')
    return {
      outcome: 'stripped',
      verified: true,
      message: `forced: everything is restored except ${restore.lost}, and the marks are removed`,
    };
  const outcome = restore.is === 'already-restored' ? 'already-restored' : 'reverted';
  if (proof.state === 'gone')
    return { outcome: 'gone', verified: true, message: 'the object was deleted meanwhile, and the injection with it' };
  return { outcome, verified: true, message: doneSays(restore, finding) };
}
