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
import { decide } from '../scan/classify.ts';
import { recognise } from '../scan/recognise.ts';
import { FORCE, pathsOf, recordLost, shownBy } from './not-held.ts';
import { putRecordBack, type RecordBack } from './put-record-back.ts';
import { wearing } from './remembered.ts';
import { isBack } from './verify.ts';

const AT_ONCE = 64;
/** Within this time, milliseconds, a controller that reacts to every change of an object has done so. */
export const SECOND_LOOK_MS = 250;

/**
 * Reads once more, at the very end, what receipts call put back, and compares again: somebody may have written over it since it was read
 * back. The receipts that change by it.
 *
 * The rule: where another value stands now, the receipt is `failed` and not verified, and the undo record goes on the object again, so that
 * a later revert has an original. There is one exception: a value that is neither the original nor the injected one, written by a manager
 * that owned the field before the injection by the injection's own facts (an operator, an autoscaler, the team's own apply). That is the
 * field's normal life going on: the receipt stays verified, and says who wrote what. The injected value is never taken for that.
 *
 * An object that is gone or was made anew since, and what cannot be read any more, changes no receipt: it was read back and compared. What
 * was deleted and made again by us is another matter: that it is there is what was put back.
 */
export async function overwritten(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  receipts: readonly Receipt[],
  options: Choices & { force?: boolean } = {},
): Promise<Receipt[]> {
  const byId = new Map(receipts.map(receipt => [receipt.id, receipt]));
  const changed = await pooled(findings, AT_ONCE, async finding => {
    const receipt = byId.get(finding.id);
    const isPutBack =
      receipt?.verified === true && (receipt.outcome === 'reverted' || receipt.outcome === 'already-restored');
    if (!isPutBack || isDeletedForGood(finding)) return undefined;
    const here = optionsFor(finding, options);
    return isBackupFinding(finding)
      ? compareVictim(deps, finding, receipt, here)
      : compare(deps, finding, receipt, here);
  });
  return changed.filter(receipt => receipt !== undefined);
}

/** What an injection had created was read back as gone: whatever has its name from now on is another object. */
const isDeletedForGood = ({ type, object }: FoundInjection): boolean =>
  type !== 'unknown' && object.uid !== undefined && leavesObject(type) && !leavesBackup(type);

/**
 * For a backup, which is deleted by now, the object that it kept. An object that is Terminating is being deleted by
 * somebody else's decision, and one that cannot be read says nothing new.
 */
async function compareVictim(
  deps: RevertDeps,
  finding: FoundInjection,
  receipt: Receipt,
  { force = false }: { force?: boolean },
): Promise<Receipt | undefined> {
  if (await isQuicklyBack(deps, finding, force)) return undefined;
  const { restore, finding: told, live } = await decide(deps.api, deps.faultOf, finding);
  if (restore === undefined || restore.is === 'corrupt' || isBack(restore, force)) return undefined;
  const write = writesOf(restore).at(-1);
  if (write === undefined) return undefined;
  const now = victimIn(live, write.on);
  if (now !== undefined && restore.is === 'diverged' && isFormerOwner(now, restore)) {
    const message = `${receipt.message}; restored, and ${writerOf(now, restore)} has since changed it`;
    return { ...receipt, message: sanitise(message, 1000) };
  }
  const record = await putRecordBack(deps, told, restore);
  return { ...receipt, ...lost(told, restore, now, record) };
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
  // Marked again: the scan counts it.
  if (recognise(now).some(({ id }) => id === finding.id)) return undefined;
  const worn = { ...finding, live: wearing(now, finding.live) };
  if (await isQuicklyBack(deps, worn, force)) return undefined;
  const { restore, finding: told } = await decide(deps.api, deps.faultOf, worn);
  if (restore === undefined || restore.is === 'corrupt' || isBack(restore, force)) return undefined;
  if (!keepsCarrier(restore, told)) return undefined;
  const values = shownBy(restore);
  if (restore.is === 'diverged' && isFormerOwner(now, restore)) {
    const message = `${receipt.message}; restored, and ${writerOf(now, restore)} has since written ${values.live}`;
    return { ...receipt, message: sanitise(message, 1000) };
  }
  const record = await putRecordBack(deps, told, restore);
  return { ...receipt, ...lost(told, restore, now, record) };
}

/** Without reading the history, which only matters for what is not restored. */
async function isQuicklyBack(deps: RevertDeps, finding: FoundInjection, force: boolean): Promise<boolean> {
  const fault = deps.faultOf(finding.type);
  if (fault === undefined) return false;
  try {
    const { wants, kept } = fromMemory(fault, finding);
    const live = await fetchLive(deps.api, wants);
    return isBack(fault.restore(finding, new Map([...live, ...kept])), force);
  } catch {
    return false;
  }
}

/** The reads of a judgement, without those of deleted backups, which are in memory. */
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
  const kept = isBackupFinding(finding) ? 'the backup is there again' : 'the undo record is on the object again';
  const record = back.ok
    ? `${kept}: revert again once nothing writes there any more${restore.is === 'diverged' ? `; ${FORCE}` : ''}`
    : recordLost(finding, back.why);
  return {
    outcome: 'failed',
    verified: false,
    message: sanitise(`it was put back and read back, and was then overwritten by ${by}: ${values}; ${record}`, 1000),
    notHeld: { ...(original === undefined ? {} : { original }), ...(live === undefined ? {} : { live }), by },
  };
}

const writerOf = (now: KubeObject, restore: Restore): string =>
  lastWriter(now, pathsOf(restore)) ?? 'nobody that the server knows of';

/** Whether the last writer there is one of those that owned the field before the injection. */
function isFormerOwner(now: KubeObject, restore: Restore): boolean {
  const last = lastEntry(now, pathsOf(restore));
  if (last === undefined) return false;
  const isSame = (owner: ManagedField): boolean =>
    owner.manager === last.manager && (owner.subresource ?? '') === (last.subresource ?? '');
  return writesOf(restore).some(write => write.verb !== 'delete' && (write.owners ?? []).some(isSame));
}
