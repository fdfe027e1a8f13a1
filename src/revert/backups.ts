import type { FoundInjection } from '../injection/found-injection.ts';
import { sameObject } from '../k8s/object-ref.ts';
import type { FaultOf } from './classify.ts';

/** Whether the finding is a backup that belongs to some victim, so that what becomes of it is only known when all victims are. */
export const isBackup = (faultOf: FaultOf, finding: FoundInjection): boolean =>
  faultOf(finding.type)?.standsFor?.(finding) !== undefined;

/**
 * The backups whose victim has no finding of its own. The others are part of their victim's injection: its restore needs them and
 * takes them away, and restoring them on their own would be a second hand on the same object.
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
