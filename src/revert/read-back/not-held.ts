import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { isMarkPath } from '../../injection/record/strip.ts';
import { type Operation, pointerSteps } from '../../k8s/json-patch.ts';
import { lastWriter } from '../../k8s/last-writer.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { End } from '../restore/end.ts';
import { isBackupFinding, writesOf } from '../restore/stages.ts';
import type { RecordBack } from './write-record-again.ts';

/** A restore whose write was accepted while the object does not hold the original. */
export interface NotHeld {
  finding: FoundInjection;
  /** The restore that was written. */
  restore: Restore;
  /** The decision from the undo record for the object's current state. */
  instead: Restore;
  /** The current state of the written object. */
  now?: KubeObject | undefined;
  /** Whether the answer to our own write already held another value: then the server changed it, not a later writer. */
  isByServer: boolean;
  /** Whether the undo record is in the cluster, and why not. */
  record: RecordBack | { ok: true };
}

/** The end of such an attempt: failed and final, because another attempt would only compete with the other writer. */
export function notHeld({ finding, restore, instead, now, isByServer, record }: NotHeld): End {
  const { original, live } = { ...shownBy(restore), ...shownBy(instead) };
  const writer = now === undefined ? undefined : lastWriter(now, pathsOf(restore));
  const isGone = now === undefined && live === ABSENT;
  const by = isByServer ? SERVER : (writer ?? (isGone ? DELETER : 'an unknown writer'));
  const values = original === undefined ? instead.says : `original ${original}, now ${live}`;
  const left = record.ok
    ? `the undo record is kept in ${nameOf(finding.object)}: revert again once nothing changes it any more${instead.is === 'diverged' ? `; ${FORCE}` : ''}`
    : recordLost(finding, record.why);
  return {
    outcome: 'failed',
    verified: false,
    // Another attempt can only restore the undo record.
    retry: !record.ok,
    message: `the server accepted the write, but the original is not there: ${values}; ${isGone ? 'deleted' : 'written'} by ${by}; ${left}`,
    notHeld: { ...(original === undefined ? {} : { original }), ...(live === undefined ? {} : { live }), by },
  };
}

/** How to restore the original over a third value. */
export const FORCE = '--force-diverged then restores the original over the current value';

/** The text for the value of an object that does not exist. */
const ABSENT = '(not there)';
const DELETER = 'an unknown writer, whom only the audit log of the server shows';

const SERVER = 'the server itself on storing our write (the schema of its kind, or a mutating webhook or policy)';

/** The message that the undo record is no longer in the cluster, with the reason. */
export const recordLost = (finding: FoundInjection, why: string): string =>
  sanitise(`the undo record could not be written again (${why}): ${lastCopy(finding)}`, 1000);

const lastCopy = (finding: FoundInjection): string =>
  isBackupFinding(finding) || finding.object.kind === 'Secret'
    ? 'its content is lost, except for copies that other tools keep'
    : 'this line is the last copy of the original';

/** The original and current value of a restore, if it has them. */
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
          .map(({ path }) => pointerSteps(path))
      : [],
  );
}
