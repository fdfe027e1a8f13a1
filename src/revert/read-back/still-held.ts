import type { Fault, Live, Read, Restore } from '../../faults/contract.ts';
import { leavesBackup, leavesObject } from '../../faults/recognition.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { fetchLive } from '../../injection/live.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import { lastEntry, lastWriter } from '../../k8s/last-writer.ts';
import type { KubeObject, ManagedField, ObjectRef } from '../../k8s/object.ts';
import { isNamed } from '../../k8s/object-ref.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { RevertDeps } from '../deps.ts';
import { type Choices, optionsFor } from '../restore/choices.ts';
import { isBackupFinding, keepsCarrier, writesOf } from '../restore/stages.ts';
import { type Decision, decide } from '../scan/classify.ts';
import { recognise } from '../scan/recognise.ts';
import { withMarksOf } from './marks-from-memory.ts';
import { FORCE, pathsOf, recordLost, shownBy } from './not-held.ts';
import { isRestored } from './verify.ts';
import { type RecordBack, writeRecordAgain } from './write-record-again.ts';

const AT_ONCE = 64;
/** How long to wait before the second comparison, milliseconds: a controller that reacts to every change has reacted by then. */
export const SECOND_COMPARISON_MS = 250;

/**
 * Reads the restored objects once more at the very end and compares again, because somebody may have overwritten them since they were read
 * back. Returns the receipts that change.
 *
 * The rule: if the object holds another value now, the receipt becomes `failed` and not verified, and the undo record is written again, so
 * that a later revert has the original. There is one exception: a value that is neither the original nor the injected one, written by a
 * field manager that owned the field before the injection by mayday's facts (an operator, an autoscaler, the team's own apply). This is a
 * normal change: the receipt stays verified, and its message names the writer. The exception never applies to the injected value.
 *
 * An object that was deleted or created again since, or that can no longer be read, changes no receipt, because it was read back and
 * compared before. An object that the revert itself created again must still exist.
 */
export async function overwrittenReceipts(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  receipts: readonly Receipt[],
  options: Choices & { force?: boolean } = {},
): Promise<Receipt[]> {
  const byId = new Map(receipts.map(receipt => [receipt.id, receipt]));
  const changed = await pooled(findings, AT_ONCE, async finding => {
    const receipt = byId.get(finding.id);
    const isRestored =
      receipt?.verified === true && (receipt.outcome === 'reverted' || receipt.outcome === 'already-restored');
    if (!isRestored || isDeletedForGood(finding)) return undefined;
    const here = optionsFor(finding, options);
    return isBackupFinding(finding)
      ? compareVictim(deps, finding, receipt, here)
      : compare(deps, finding, receipt, here);
  });
  return changed.filter(receipt => receipt !== undefined);
}

/** Whether the injection had created the object, which was read back as gone: an object of its name is another one. */
const isDeletedForGood = ({ type, object }: FoundInjection): boolean =>
  type !== 'unknown' && object.uid !== undefined && leavesObject(type) && !leavesBackup(type);

/**
 * For a backup, which is deleted by now: compares its original object. An object that is Terminating or cannot be read
 * changes nothing.
 */
async function compareVictim(
  deps: RevertDeps,
  finding: FoundInjection,
  receipt: Receipt,
  { force = false }: { force?: boolean },
): Promise<Receipt | undefined> {
  const found = await notHeldNow(deps, finding, force);
  const write = found && writesOf(found.restore).at(-1);
  if (found === undefined || write === undefined) return undefined;
  return changedReceipt(deps, receipt, found, victimIn(found.live, write.on), 'changed it');
}

const victimIn = (live: Live, ref: ObjectRef): KubeObject | undefined =>
  [...live.values()].find(
    (answer): answer is KubeObject => answer !== null && 'metadata' in answer && isNamed(answer, ref),
  );

async function compare(
  deps: RevertDeps,
  finding: FoundInjection,
  receipt: Receipt,
  { force = false }: { force?: boolean },
): Promise<Receipt | undefined> {
  const { uid, ...ref } = finding.object;
  const got = await deps.api.get(ref);
  if (!got.ok || (uid !== undefined && got.value.metadata.uid !== uid)) return undefined;
  const now = got.value;
  // It has been marked again, and the scan counts it as remaining.
  if (recognise(now).some(({ id }) => id === finding.id)) return undefined;
  const found = await notHeldNow(deps, { ...finding, live: withMarksOf(now, finding.live) }, force);
  if (found === undefined || !keepsCarrier(found.restore, found.finding)) return undefined;
  return changedReceipt(deps, receipt, found, now, `written ${shownBy(found.restore).live}`);
}

/** A restored object that does not hold the original now, and what would restore it. */
type NotHeldNow = Decision & { restore: Restore };

/** Decides again; undefined if the original is there, or if nothing can be decided. */
async function notHeldNow(deps: RevertDeps, finding: FoundInjection, force: boolean): Promise<NotHeldNow | undefined> {
  if (await isRestoredByMemory(deps, finding, force)) return undefined;
  const decision = await decide(deps.api, deps.faultOf, finding);
  const { restore } = decision;
  if (restore === undefined || restore.is === 'corrupt' || isRestored(restore, force)) return undefined;
  return { ...decision, restore };
}

/** The receipt of an object that holds something else now; `did` says what a former owner of its fields has done to it. */
async function changedReceipt(
  deps: RevertDeps,
  receipt: Receipt,
  { finding, restore }: NotHeldNow,
  now: KubeObject | undefined,
  did: string,
): Promise<Receipt> {
  if (now !== undefined && restore.is === 'diverged' && isFormerOwner(now, restore)) {
    const message = `${receipt.message}; restored, and ${writerOf(now, restore)} has since ${did}`;
    return { ...receipt, message: sanitise(message, 1000) };
  }
  const record = await writeRecordAgain(deps, finding, restore);
  return { ...receipt, ...lost(finding, restore, now, record) };
}

/** Compares without reading the history, which matters only if the original is not there. */
async function isRestoredByMemory(deps: RevertDeps, finding: FoundInjection, force: boolean): Promise<boolean> {
  const fault = deps.faultOf(finding.type);
  if (fault === undefined) return false;
  try {
    const { wants, kept } = fromMemory(fault, finding);
    const live = await fetchLive(deps.api, wants);
    return isRestored(fault.restore(finding, new Map([...live, ...kept])), force);
  } catch {
    return false;
  }
}

/** The reads for a decision, without those of deleted backups, which are in memory. */
function fromMemory(fault: Fault<unknown>, finding: FoundInjection): { wants: (live: Live) => Read[]; kept: Live } {
  const kept = new Map<string, KubeObject>();
  const wants = (live: Live): Read[] => {
    const open = fault.restoreReads(finding, new Map([...live, ...kept])).filter(({ key }) => !kept.has(key));
    const known = open.flatMap(read => {
      const backup = 'get' in read ? finding.beside?.find(one => isNamed(one, read.get)) : undefined;
      return backup === undefined ? [] : [[read.key, backup] as const];
    });
    for (const [key, backup] of known) kept.set(key, backup);
    return known.length === 0 ? open : wants(live);
  };
  return { wants, kept };
}

function lost(
  finding: FoundInjection,
  restore: Restore,
  now: KubeObject | undefined,
  back: RecordBack,
): Pick<Receipt, 'outcome' | 'verified' | 'message' | 'notHeld'> {
  const { original, live } = shownBy(restore);
  const by = now === undefined ? 'somebody who deleted it' : writerOf(now, restore);
  const values = original === undefined ? restore.says : `original ${original}, now ${live}`;
  const kept = isBackupFinding(finding)
    ? 'the backup was created again'
    : 'the undo record was written to the object again';
  const record = back.ok
    ? `${kept}: revert again once nobody overwrites it any more${restore.is === 'diverged' ? `; ${FORCE}` : ''}`
    : recordLost(finding, back.why);
  return {
    outcome: 'failed',
    verified: false,
    message: sanitise(`it was restored and read back, and ${by} has overwritten it since: ${values}; ${record}`, 1000),
    notHeld: { ...(original === undefined ? {} : { original }), ...(live === undefined ? {} : { live }), by },
  };
}

const writerOf = (now: KubeObject, restore: Restore): string =>
  lastWriter(now, pathsOf(restore)) ?? 'an unknown writer';

/** Whether the last writer of the restored fields owned one of them before the injection. */
function isFormerOwner(now: KubeObject, restore: Restore): boolean {
  const last = lastEntry(now, pathsOf(restore));
  if (last === undefined) return false;
  const isSame = (owner: ManagedField): boolean =>
    owner.manager === last.manager && (owner.subresource ?? '') === (last.subresource ?? '');
  return writesOf(restore).some(write => write.verb !== 'delete' && (write.owners ?? []).some(isSame));
}
