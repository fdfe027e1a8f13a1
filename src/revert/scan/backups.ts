import type { FoundInjection } from '../../injection/found-injection.ts';
import { sameObject } from '../../k8s/object-ref.ts';
import type { FaultOf } from './classify.ts';

/**
 * Whether the found injection is a backup that may belong to a victim; it can be decided only after every victim was
 * found.
 */
export const isBackup = (faultOf: FaultOf, finding: FoundInjection): boolean =>
  faultOf(finding.type)?.standsFor?.(finding) !== undefined;

/**
 * The backups whose victim carries no injection itself. The others belong to their victim's injection, whose restore
 * reads and deletes them; restoring them separately would make two restores write the same object.
 */
export function orphans(
  faultOf: FaultOf,
  backups: readonly FoundInjection[],
  findings: readonly FoundInjection[],
): FoundInjection[] {
  return backups.filter(backup => {
    const victim = faultOf(backup.type)?.standsFor?.(backup);
    return (
      victim === undefined ||
      !findings.some(finding => finding.type === backup.type && sameObject(finding.object, victim))
    );
  });
}
