import type { Read, Restore } from '../../faults/contract.ts';
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
import { withoutMissingAnnotations } from '../scan/history.ts';
import { recognise } from '../scan/recognise.ts';
import { withMarksOf } from './marks-from-memory.ts';
import { notHeld, shownBy } from './not-held.ts';
import { originalOf, withOriginal } from './original-of.ts';
import { readAhead } from './read-ahead.ts';
import { readCarrier } from './read-carrier.ts';
import { writeRecordAgain } from './write-record-again.ts';

/**
 * Reads the carrier again and decides by its current state; returns an `End` if there is nothing left to do. A missing
 * mark or backup proves nothing by itself, so the object is then compared with the record in memory.
 */
export async function readAndDecide(
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

/** For an object on which only the label is left since the scan: the original comes from a copy in the history, else from the scan. */
async function withoutRecord(
  deps: RevertDeps,
  finding: FoundInjection,
  now: FoundInjection,
  options: { force?: boolean },
): Promise<Decision | End> {
  const byHistory = await decide(deps.api, deps.faultOf, now);
  if (byHistory.restore !== undefined && byHistory.restore.is !== 'corrupt') return byHistory;
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: withMarksOf(now.live, finding.live) });
  if (decision.restore?.is !== 'already-restored') return withoutMarks(deps, finding, now.live, options);
  const writes = withoutMissingAnnotations(decision.restore.writes, now.live);
  return { ...decision, finding: { ...decision.finding, live: now.live }, restore: { ...decision.restore, writes } };
}

/**
 * For an undo record that somebody changed since the scan, so that it can no longer be read. A person decides; the
 * message shows the original that the scan read.
 */
async function damaged(deps: RevertDeps, finding: FoundInjection, now: FoundInjection): Promise<Decision | End> {
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: withMarksOf(now.live, finding.live) });
  const { original, live } = decision.restore === undefined ? {} : shownBy(decision.restore);
  const shown =
    original === undefined
      ? `${decision.restore?.says ?? decision.finding.message}`
      : `original ${original}, now ${live}`;
  return {
    ...failed(`${now.message}; it was changed since the scan, which read: ${shown}; restore the original by hand`),
    ...(original === undefined ? {} : { notHeld: { original, ...(live === undefined ? {} : { live }) } }),
  };
}

/** The reads of the original of a backup, as far as they are known without reading the backup again. */
function victimOf({ faultOf }: RevertDeps, finding: FoundInjection): Read[] {
  try {
    return faultOf(finding.type)?.restoreReads(finding, new Map()) ?? [];
  } catch {
    return [];
  }
}

/**
 * For a backup that has been deleted: its original object is checked, by the content of the backup that was read earlier.
 */
async function withoutBackup(deps: RevertDeps, finding: FoundInjection): Promise<Decision | End> {
  const decision = await decide(deps.api, deps.faultOf, finding);
  const { restore } = decision;
  if (restore?.is !== 'already-restored') return decision;
  const writes = restore.writes.filter(({ verb, on }) => verb !== 'delete' || on.name !== finding.object.name);
  return unlessNothingLeft(decision, { ...restore, writes }, 'the backup is already gone');
}

/** The decision with the writes that are left; the end where none is. */
function unlessNothingLeft(
  decision: Decision,
  restore: Extract<Restore, { is: 'already-restored' }>,
  why: string,
): Decision | End {
  if (restore.writes.length > 0) return { ...decision, restore };
  return { outcome: 'already-restored', verified: true, message: `${restore.says}; ${why}` };
}

async function withoutMarks(
  deps: RevertDeps,
  finding: FoundInjection,
  now: KubeObject,
  { force = false }: { force?: boolean },
): Promise<Decision | End> {
  const name = nameOf(finding.object);
  const isLabelled = now.metadata.labels?.[TYPE_LABEL] !== undefined;
  const whatIsMissing = isLabelled
    ? `the undo record is gone from ${name}`
    : `no mark of the injection is left on ${name}`;
  const isRecreated = finding.object.uid !== undefined && now.metadata.uid !== finding.object.uid;
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: withMarksOf(now, finding.live) });
  const { restore } = decision;
  if (restore === undefined)
    return failed(`${whatIsMissing}, and no record holds the original: ${decision.finding.message}`);
  const isKept = keepsCarrier(restore, finding);
  if (restore.is === 'already-restored') {
    const writes = restore.writes.filter(
      ({ on }) => on.name !== finding.object.name || on.kind !== finding.object.kind,
    );
    return unlessNothingLeft(decision, { ...restore, writes }, 'no mark of the injection is left on it');
  }
  // The object that an injection created, or another object of that name, which no injection created.
  if (!isKept && writesOf(restore).length > 0)
    return isRecreated
      ? { outcome: 'gone', verified: true, message: 'the object that the injection created is gone' }
      : decision;
  if (restore.is === 'corrupt') return decision;
  if (deps.begun?.has(finding.id) && !isRecreated) {
    const record = await writeRecordAgain(deps, decision.finding, restore);
    return notHeld({ finding, restore, instead: restore, now, isByServer: false, record });
  }
  // mayday's facts hold exactly what was injected. Other records do not, and without their marks nothing shows it.
  const isCertain = restore.is === 'restore' && finding.tool === 'mayday' && !isRecreated;
  if (!isCertain && !force) return diverged(decision, whatIsMissing);
  return decideFromRecord(deps, finding, decision, whatIsMissing);
}

/** Writes the undo record to the object again, and decides from it. */
async function decideFromRecord(
  deps: RevertDeps,
  finding: FoundInjection,
  { finding: decided, restore }: Decision,
  whatIsMissing: string,
): Promise<Decision | End> {
  if (restore === undefined) return failed(whatIsMissing);
  const again = await writeRecordAgain(deps, decided, restore);
  if (!again.ok)
    return failed(
      `${whatIsMissing}, the original is not there either, and the undo record could not be written again (${again.why}); still to do: ${restore.says}`,
      true,
    );
  const [marked] = (again.object === undefined ? [] : recognise(again.object)).filter(
    one => one.id === finding.id && one.lost !== true,
  );
  const without = marked === undefined && again.object ? await withoutAnyMark(deps, finding, again.object) : undefined;
  if (without !== undefined) return without;
  return marked === undefined
    ? failed(
        `${whatIsMissing}, the original is not there either, and the undo record was written again but is gone once more`,
      )
    : decide(deps.api, deps.faultOf, {
        ...marked,
        ...(finding.beside === undefined ? {} : { beside: finding.beside }),
      });
}

/**
 * For an object from which something removes the undo record as soon as it is written, such as a policy: the value is
 * written without it, and compared with the record in memory. Undefined unless the record is certain.
 */
async function withoutAnyMark(
  deps: RevertDeps,
  finding: FoundInjection,
  now: KubeObject,
): Promise<Decision | undefined> {
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: withMarksOf(now, finding.live) });
  const { restore } = decision;
  if (restore?.is !== 'restore' || finding.tool !== 'mayday') return undefined;
  const writes = withoutMissingAnnotations(restore.writes, now);
  return { ...decision, finding: { ...decision.finding, lost: true }, restore: { ...restore, writes } };
}

function diverged({ restore }: Decision, gone: string): End {
  const shown = restore?.is === 'diverged' ? restore : restore?.is === 'restore' ? restore.shown : undefined;
  const values = shown === undefined ? `${restore?.says}` : `original ${shown.original}, now ${shown.live}`;
  return {
    outcome: 'diverged',
    verified: false,
    message: `${gone}, but the original is not there either: ${values}; --force-diverged restores the original`,
    ...(shown === undefined ? {} : { notHeld: { original: shown.original, live: shown.live } }),
  };
}
