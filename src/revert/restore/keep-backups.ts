import type { FoundInjection } from '../../injection/found-injection.ts';
import { execute } from '../../injection/write/executor.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { RevertDeps } from '../deps.ts';
import { backupAgain } from '../read-back/marks-from-memory.ts';
import { shownBy } from '../read-back/not-held.ts';
import { decide } from '../scan/classify.ts';
import type { End } from './end.ts';
import { isBackupFinding } from './stages.ts';

/**
 * After an attempt that did not restore the original: a backup that somebody deleted since the scan is created again
 * from memory, so that the next attempt has the original. If that is impossible too, the receipt shows the original; of
 * a Secret, never its values.
 */
export async function keepBackups(deps: RevertDeps, finding: FoundInjection, end: End): Promise<End> {
  if (end.verified || finding.state === 'foreign' || finding.state === 'corrupt') return end;
  const again: string[] = [];
  const lost: string[] = [];
  for (const backup of backupsOf(finding)) {
    const { uid: _uid, ...ref } = refOf(backup);
    const got = await deps.api.get(ref, { metadataOnly: true });
    if (got.ok || got.reason !== 'not-found') continue;
    const made = await execute([backupAgain(backup)], deps, { id: finding.id, purpose: 'revert' });
    if (made.state === 'done') again.push(nameOf(ref));
    else lost.push(`${nameOf(ref)} (${made.message})`);
  }
  const withCreated =
    again.length === 0 ? end : withMessage(end, `backup ${again.join(', ')} was gone and was created again`);
  if (lost.length === 0) return withCreated;
  const { restore } = await decide(deps.api, deps.faultOf, finding);
  const { original, live } = restore === undefined ? {} : shownBy(restore);
  const shown = original === undefined ? '' : `; original ${original}`;
  return {
    ...withMessage(withCreated, `backup ${lost.join(', ')} is gone and could not be created again${shown}`),
    ...(original === undefined
      ? {}
      : { notHeld: { ...end.notHeld, original, ...(live === undefined ? {} : { live }) } }),
  };
}

/** The backup itself, or the backups that the record on the victim needs. */
const backupsOf = (finding: FoundInjection): readonly KubeObject[] =>
  isBackupFinding(finding) ? [finding.live] : (finding.beside ?? []);

const withMessage = (end: End, more: string): End => ({ ...end, message: `${end.message}; ${more}` });
