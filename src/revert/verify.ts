import type { Fault, Live, Restore } from '../injection/fault.ts';
import type { Finding } from '../injection/finding.ts';
import { readBack } from '../injection/landed.ts';
import { isRecordKey, MAYDAY, TYPE_LABEL } from '../injection/markers.ts';
import { onlyStrips } from '../injection/strip.ts';
import type { Api } from '../kube/api.ts';
import type { KubeObject } from '../kube/object.ts';
import { blindReason } from './blind.ts';
import { recognise } from './recognise.ts';

/** What reading back says of a restore. */
export interface Verification {
  verified: boolean;
  /** Whether the object is still there at all. */
  gone: boolean;
  message: string;
}

/** The object as it stands now, wearing the markers that the restore took off: what the fault's own judgement needs to compare values. */
function withOldMarkers(now: KubeObject, before: KubeObject): KubeObject {
  const marks = (entries: Record<string, string> | undefined) =>
    Object.fromEntries(
      Object.entries(entries ?? {}).filter(([key]) => key === TYPE_LABEL || (isRecordKey(key) && key !== MAYDAY)),
    );
  return {
    ...now,
    metadata: {
      ...now.metadata,
      labels: { ...now.metadata.labels, ...marks(before.metadata.labels) },
      annotations: { ...now.metadata.annotations, ...marks(before.metadata.annotations) },
    },
  };
}

const isCarrierKept = (restore: Restore, finding: Finding): boolean =>
  restore.kind !== 'corrupt' &&
  restore.writes.some(
    write => write.verb !== 'delete' && write.on.kind === finding.object.kind && write.on.name === finding.object.name,
  );

/**
 * Reads back and compares: no marker of this finding is left, and the fault's own judgement, given the undo record once more, finds the
 * original in place. Where the restore did not keep the carrier (created objects, backups), every write is read back instead.
 */
export async function verifyRestore(
  api: Api,
  fault: Fault<unknown>,
  done: Finding,
  restore: Restore,
  live: Live,
): Promise<Verification> {
  const got = await api.get(done.object);
  if (!got.ok && got.reason !== 'not-found')
    return { verified: false, gone: false, message: `could not be read back: ${blindReason(got)}` };
  if (got.ok && recognise(got.value).some(again => again.id === done.id)) {
    return { verified: false, gone: false, message: 'read back: the injection is still marked on the object' };
  }
  if (isCarrierKept(restore, done)) {
    if (!got.ok) return { verified: true, gone: true, message: 'the object was deleted meanwhile' };
    const again = fault.restore({ ...done, live: withOldMarkers(got.value, done.live) }, live);
    // After a forced restore the doubt itself may remain; what counts is that nothing is left to put back.
    const nothingLeft =
      restore.kind === 'diverged' && again.kind === 'diverged' && again.writes.every(write => onlyStrips(write));
    return again.kind === 'already-restored' || nothingLeft
      ? { verified: true, gone: false, message: 'read back: the original is in place' }
      : { verified: false, gone: false, message: `read back: not the original: ${again.says}` };
  }
  const writes = restore.kind === 'corrupt' ? [] : restore.writes;
  for (const write of writes) {
    const landing = await readBack(api, write);
    if (landing.state !== 'landed')
      return { verified: false, gone: false, message: `read back: not in place: ${write.says}` };
  }
  return { verified: true, gone: false, message: 'read back: in place' };
}
