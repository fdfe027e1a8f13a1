import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { isMarkPath } from '../../injection/record/strip.ts';
import { type Operation, pathOf } from '../../k8s/json-patch.ts';
import { lastWriter } from '../../k8s/last-writer.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { End } from '../restore/end.ts';
import { isBackupFinding, writesOf } from '../restore/stages.ts';
import type { RecordBack } from './put-record-back.ts';

/** Our write was accepted, but the object holds something other than the original. */
export interface NotHeld {
  finding: FoundInjection;
  /** What was written. */
  restore: Restore;
  /** What is to be said of it now, by the record. */
  instead: Restore;
  /** The object that was written, as it stands now. */
  now?: KubeObject | undefined;
  /** The answer to our own write already held something else: the server changed it, not a later writer. */
  isByServer: boolean;
  /** Whether the record of the original is in the cluster, and why not. */
  record: RecordBack | { ok: true };
}

/** The end of such an attempt: failed and final. Another attempt would only compete with whoever writes there. */
export function notHeld({ finding, restore, instead, now, isByServer, record }: NotHeld): End {
  const { original, live } = { ...shownBy(restore), ...shownBy(instead) };
  const writer = now === undefined ? undefined : lastWriter(now, pathsOf(restore));
  const isGone = now === undefined && live === ABSENT;
  const by = isByServer ? SERVER : (writer ?? (isGone ? DELETER : 'nobody that the server knows of'));
  const values = original === undefined ? instead.says : `original ${original}, now ${live}`;
  const left = record.ok
    ? `the undo record is kept in ${nameOf(finding.object)}: revert again once nothing changes it any more${instead.is === 'diverged' ? `; ${FORCE}` : ''}`
    : recordLost(finding, record.why);
  return {
    outcome: 'failed',
    verified: false,
    // Only the record is worth another try.
    retry: !record.ok,
    message: `written and accepted, but it does not hold: ${values}; ${isGone ? 'deleted' : 'written'} by ${by}; ${left}`,
    notHeld: { ...(original === undefined ? {} : { original }), ...(live === undefined ? {} : { live }), by },
  };
}

/** The command that restores the original over a third value. */
export const FORCE = '--force-diverged then puts the original back over what stands there';

/** How a value is shown whose object does not exist. */
const ABSENT = '(not there)';
const DELETER = 'something that only the audit log of the server names';

const SERVER = 'the server itself on storing our write (the schema of its kind, or a mutating webhook or policy)';

/** The record is nowhere in the cluster any more, and why. */
export const recordLost = (finding: FoundInjection, why: string): string =>
  sanitise(`the undo record could not be put back (${why}): ${lastCopy(finding)}`, 1000);

const lastCopy = (finding: FoundInjection): string =>
  isBackupFinding(finding) || finding.object.kind === 'Secret'
    ? 'what it held is in nothing but what other tools keep of it'
    : 'this line is the last that tells the original';

/** The values that a restore compares, where it says them. */
export function shownBy(restore: Restore): { original?: string; live?: string } {
  if (restore.is === 'diverged') return { original: restore.original, live: restore.live };
  return restore.is === 'restore' ? { ...restore.shown } : {};
}

/** The members that a restore writes. */
export function pathsOf(restore: Restore): string[][] {
  return writesOf(restore).flatMap(write =>
    write.verb === 'patch' && write.patchType === 'json'
      ? (write.body as unknown as Operation[])
          .filter(({ op, path }) => op !== 'test' && !isMarkPath(path))
          .map(({ path }) => pathOf(path))
      : [],
  );
}
