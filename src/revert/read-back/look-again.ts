import type { Read } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { blindReason } from '../blind.ts';
import type { RevertDeps } from '../deps.ts';
import { type End, failed } from '../restore/end.ts';
import { blindEnd } from '../restore/refusal.ts';
import { isBackupFinding, keepsCarrier, writesOf } from '../restore/stages.ts';
import { type Decision, decide } from '../scan/classify.ts';
import { onlyWhatIsThere } from '../scan/history.ts';
import { recognise } from '../scan/recognise.ts';
import { notHeld, shownBy } from './not-held.ts';
import { originalOf, withOriginal } from './original-of.ts';
import { putRecordBack } from './put-record-back.ts';
import { readAhead } from './read-ahead.ts';
import { readCarrier } from './read-carrier.ts';
import { wearing } from './remembered.ts';

/**
 * Reads the carrier again and decides by its present state; returns an end if there is nothing left to do. A missing
 * mark or backup proves nothing by itself: the object is then compared with the record in memory.
 */
export async function lookAgain(
  deps: RevertDeps,
  finding: FoundInjection,
  options: { force?: boolean } = {},
): Promise<Decision | End> {
  const { uid: _uid, ...ref } = finding.object;
  const api = isBackupFinding(finding) ? readAhead(deps.api, victimOf(deps, finding)) : deps.api;
  const { got, kindGone } = await readCarrier(deps.api, ref);
  if (!got.ok && got.reason !== 'not-found') return blindEnd(`could not be read: ${blindReason(got)}`, [got]);
  if (!got.ok) {
    if (isBackupFinding(finding)) return withoutBackup({ ...deps, api }, finding);
    const message = kindGone ?? 'the object is gone, and the injection with it';
    return { outcome: 'gone', verified: true, message: withOriginal(message, originalOf(deps.faultOf, finding)) };
  }
  const beside = finding.beside === undefined ? {} : { beside: finding.beside };
  const now = recognise(got.value).find(one => one.id === finding.id);
  if (!now) return withoutMarks(deps, finding, got.value, options);
  const isDamaged = now.state === 'corrupt' && finding.state !== 'corrupt';
  if (!isDamaged) return decide(api, deps.faultOf, { ...now, ...beside });
  return now.lost ? withoutRecord(deps, finding, { ...now, ...beside }, options) : damaged(deps, finding, now);
}

/** Only the label is left since the scan: a copy in the history tells the original, or else what the scan read. */
async function withoutRecord(
  deps: RevertDeps,
  finding: FoundInjection,
  now: FoundInjection,
  options: { force?: boolean },
): Promise<Decision | End> {
  const byHistory = await decide(deps.api, deps.faultOf, now);
  if (byHistory.restore !== undefined && byHistory.restore.is !== 'corrupt') return byHistory;
  const told = await decide(deps.api, deps.faultOf, { ...finding, live: wearing(now.live, finding.live) });
  if (told.restore?.is !== 'already-restored') return withoutMarks(deps, finding, now.live, options);
  const writes = onlyWhatIsThere(told.restore.writes, now.live);
  return { ...told, finding: { ...told.finding, live: now.live }, restore: { ...told.restore, writes } };
}

/**
 * Somebody has changed the record since the scan read it, and it cannot be read any more. A person decides; what the
 * scan read is the last that tells the original.
 */
async function damaged(deps: RevertDeps, finding: FoundInjection, now: FoundInjection): Promise<Decision | End> {
  const told = await decide(deps.api, deps.faultOf, { ...finding, live: wearing(now.live, finding.live) });
  const { original, live } = told.restore === undefined ? {} : shownBy(told.restore);
  const shown =
    original === undefined ? `${told.restore?.says ?? told.finding.message}` : `original ${original}, now ${live}`;
  return {
    ...failed(`${now.message}; it was changed since the scan, which read: ${shown}; put the original back by hand`),
    ...(original === undefined ? {} : { notHeld: { original, ...(live === undefined ? {} : { live }) } }),
  };
}

/** The object that a backup keeps, as far as that is known without reading it; usually that is what must be checked. */
function victimOf({ faultOf }: RevertDeps, finding: FoundInjection): Read[] {
  try {
    return faultOf(finding.type)?.restoreReads(finding, new Map()) ?? [];
  } catch {
    return [];
  }
}

/**
 * The backup has been deleted, by whomever: the object that it kept is checked, against what was read of the backup
 * earlier.
 */
async function withoutBackup(deps: RevertDeps, finding: FoundInjection): Promise<Decision | End> {
  const decision = await decide(deps.api, deps.faultOf, finding);
  const { restore } = decision;
  if (restore?.is !== 'already-restored') return decision;
  const writes = restore.writes.filter(({ verb, on }) => verb !== 'delete' || on.name !== finding.object.name);
  if (writes.length > 0) return { ...decision, restore: { ...restore, writes } };
  const message = `${restore.says}; the backup is gone already`;
  return { outcome: 'already-restored', verified: true, message };
}

async function withoutMarks(
  deps: RevertDeps,
  finding: FoundInjection,
  now: KubeObject,
  { force = false }: { force?: boolean },
): Promise<Decision | End> {
  const name = nameOf(finding.object);
  const isLabelled = now.metadata.labels?.[TYPE_LABEL] !== undefined;
  const gone = isLabelled ? `the undo record is gone from ${name}` : `no mark of the injection is left on ${name}`;
  const isAnew = finding.object.uid !== undefined && now.metadata.uid !== finding.object.uid;
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: wearing(now, finding.live) });
  const { restore } = decision;
  if (restore === undefined) return failed(`${gone}, and nothing tells the original: ${decision.finding.message}`);
  const isKept = keepsCarrier(restore, finding);
  if (restore.is === 'already-restored') {
    const writes = restore.writes.filter(
      ({ on }) => on.name !== finding.object.name || on.kind !== finding.object.kind,
    );
    if (writes.length > 0) return { ...decision, restore: { ...restore, writes } };
    const message = `${restore.says}; no mark of the injection is left on it`;
    return { outcome: 'already-restored', verified: true, message };
  }
  // What an injection created, or another object of that name, which no injection made.
  if (!isKept && writesOf(restore).length > 0)
    return isAnew
      ? { outcome: 'gone', verified: true, message: 'the object that the injection created is gone' }
      : decision;
  if (restore.is === 'corrupt') return decision;
  if (deps.begun?.has(finding.id) && !isAnew) {
    const record = await putRecordBack(deps, decision.finding, restore);
    return notHeld({ finding, restore, instead: restore, now, isByServer: false, record });
  }
  // Our own facts say exactly what was injected. For other records it is a guess, and without their marks not even
  // that.
  const isCertain = restore.is === 'restore' && finding.tool === 'mayday' && !isAnew;
  if (!isCertain && !force) return diverged(decision, gone);
  return fromRecordAgain(deps, finding, decision, gone);
}

/** Decides from the object once the record, of which we are certain, is on it again. */
async function fromRecordAgain(
  deps: RevertDeps,
  finding: FoundInjection,
  { finding: told, restore }: Decision,
  gone: string,
): Promise<Decision | End> {
  if (restore === undefined) return failed(gone);
  const again = await putRecordBack(deps, told, restore);
  if (!again.ok)
    return failed(
      `${gone}, the original is not there either, and the undo record could not be put back (${again.why}); what is still to do: ${restore.says}`,
      true,
    );
  const [marked] = (again.object === undefined ? [] : recognise(again.object)).filter(one => one.id === finding.id);
  return marked === undefined
    ? failed(`${gone}, the original is not there either, and the undo record, put back on it, did not stay there`)
    : decide(deps.api, deps.faultOf, {
        ...marked,
        ...(finding.beside === undefined ? {} : { beside: finding.beside }),
      });
}

function diverged({ restore }: Decision, gone: string): End {
  const shown = restore?.is === 'diverged' ? restore : restore?.is === 'restore' ? restore.shown : undefined;
  const values = shown === undefined ? `${restore?.says}` : `original ${shown.original}, now ${shown.live}`;
  return {
    outcome: 'diverged',
    verified: false,
    message: `${gone}, but the original is not there either: ${values}; --force-diverged puts the original back`,
    ...(shown === undefined ? {} : { notHeld: { original: shown.original, live: shown.live } }),
  };
}
