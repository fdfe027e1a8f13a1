import type { Read } from '../faults/contract.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { blindReason } from './blind.ts';
import { type Decision, decide } from './classify.ts';
import type { RevertDeps } from './deps.ts';
import { type End, failed } from './end.ts';
import { notHeld } from './not-held.ts';
import { putRecordBack } from './put-record-back.ts';
import { readAhead } from './read-ahead.ts';
import { recognise } from './recognise.ts';
import { wearing } from './remembered.ts';
import { isBackupFinding, keepsCarrier, writesOf } from './stages.ts';

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
  const got = await deps.api.get(ref);
  if (!got.ok && got.reason !== 'not-found') return failed(`could not be read: ${blindReason(got)}`, true);
  if (!got.ok) {
    return isBackupFinding(finding)
      ? withoutBackup({ ...deps, api }, finding)
      : { outcome: 'gone', verified: true, message: 'the object is gone, and the injection with it' };
  }
  const beside = finding.beside === undefined ? {} : { beside: finding.beside };
  const now = recognise(got.value).find(one => one.id === finding.id);
  return now ? decide(api, deps.faultOf, { ...now, ...beside }) : withoutMarks(deps, finding, got.value, options);
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
  if (restore?.kind !== 'already-restored') return decision;
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
  const isAnew = finding.object.uid !== undefined && now.metadata.uid !== finding.object.uid;
  const decision = await decide(deps.api, deps.faultOf, { ...finding, live: wearing(now, finding.live) });
  const { restore } = decision;
  if (restore === undefined)
    return failed(
      `no mark of the injection is left on ${name}, and nothing tells the original: ${decision.finding.message}`,
    );
  const isKept = keepsCarrier(restore, finding);
  if (restore.kind === 'already-restored') {
    const writes = restore.writes.filter(
      ({ on }) => on.name !== finding.object.name || on.kind !== finding.object.kind,
    );
    if (writes.length > 0) return { ...decision, restore: { ...restore, writes } };
    const message = 'no mark of the injection is left on the object, and the original is in place';
    return { outcome: 'already-restored', verified: true, message };
  }
  // What an injection created, or another object of that name, which no injection made.
  if (!isKept && writesOf(restore).length > 0)
    return isAnew
      ? { outcome: 'gone', verified: true, message: 'the object that the injection created is gone' }
      : decision;
  if (restore.kind === 'corrupt') return decision;
  if (deps.begun?.has(finding.id)) {
    const isRecordKept = (await putRecordBack(deps, decision.finding, restore)) !== undefined;
    return notHeld({ finding, restore, instead: restore, now, isByServer: false, isRecordKept });
  }
  // Our own facts say exactly what was injected. For other records it is a guess, and without their marks not even
  // that.
  const isCertain = restore.kind === 'restore' && finding.tool === 'mayday' && !isAnew;
  if (!isCertain && !force) return diverged(decision, name);
  const again = await putRecordBack(deps, decision.finding, restore);
  if (again === undefined)
    return failed(
      `no mark of the injection is left on ${name}, and the undo record cannot be put back: ${restore.says}`,
      true,
    );
  const [marked] = recognise(again).filter(one => one.id === finding.id);
  return marked === undefined
    ? failed(`no mark of the injection is left on ${name}, and the undo record does not stay on it`)
    : decide(deps.api, deps.faultOf, {
        ...marked,
        ...(finding.beside === undefined ? {} : { beside: finding.beside }),
      });
}

function diverged({ restore }: Decision, name: string): End {
  const shown = restore?.kind === 'diverged' ? restore : restore?.kind === 'restore' ? restore.shown : undefined;
  const values = shown === undefined ? `${restore?.says}` : `original ${shown.original}, now ${shown.live}`;
  return {
    outcome: 'diverged',
    verified: false,
    message: `no mark of the injection is left on ${name}, but the original is not there either: ${values}; --force-diverged puts the original back`,
    ...(shown === undefined ? {} : { notHeld: { original: shown.original, live: shown.live } }),
  };
}
