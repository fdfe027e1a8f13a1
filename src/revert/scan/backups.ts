import type { FoundInjection } from '../../injection/found-injection.ts';
import { sameObject } from '../../k8s/object-ref.ts';
import type { FaultOf } from './classify.ts';

/**
 * Whether the finding is a backup that may belong to a victim; what to do with it is only known once every victim has
 * been found.
 */
export const isBackup = (faultOf: FaultOf, finding: FoundInjection): boolean =>
  faultOf(finding.type)?.standsFor?.(finding) !== undefined;

/**
 * The backups whose victim has no finding of its own. The others belong to their victim's injection: its restore needs
 * them and removes them, and restoring them separately would make two restores write the same object.
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
