import type { FaultType } from '../../faults/types.ts';
import { mapOperations, type Operation, pointer, set, test } from '../../k8s/json-patch.ts';
import { type KubeObject, LAST_APPLIED } from '../../k8s/object.ts';
import type { Write } from '../write/write.ts';
import type { MaydayFacts } from './envelope.ts';
import { MANAGED_BY, MANAGER, PREFIX, ROLLBACK_DATA, TYPE_LABEL } from './markers.ts';

const HELM_RELEASE = 'meta.helm.sh/release-name';

/**
 * Removes the marks of one injection from a victim: the given record annotations, and the type label if it names this type. Restores the
 * victim's original managed-by label. Each record is tested first, so that a record written meanwhile is never lost. Marks of another
 * type on the same object stay.
 */
export function stripMarks(
  object: KubeObject,
  type: FaultType,
  records: readonly string[],
  mayday?: MaydayFacts,
): Operation[] {
  const annotations = object.metadata.annotations ?? {};
  const present = records.filter(key => annotations[key] !== undefined);
  const label = object.metadata.labels?.[TYPE_LABEL];
  const isOurs = label === type || (label === undefined && present.includes(ROLLBACK_DATA));
  return [
    ...present.map(key => test(pointer('metadata', 'annotations', key), annotations[key] ?? '')),
    ...mapOperations(object, ['metadata', 'annotations'], { drop: present }),
    ...(label === type ? mapOperations(object, ['metadata', 'labels'], { drop: [TYPE_LABEL] }) : []),
    ...(isOurs ? repairManagedBy(object, mayday) : []),
  ];
}

const ANNOTATIONS = pointer('metadata', 'annotations');
const MARK_LABELS = [TYPE_LABEL, MANAGED_BY].map(key => pointer('metadata', 'labels', key));

/** Whether a JSON pointer points to a mark of a chaos tool: its annotations, the type label, or the managed-by label that it overwrites. */
export const isMarkPath = (path: string): boolean =>
  path.startsWith(`${ANNOTATIONS}${pointer(PREFIX)}`) || MARK_LABELS.includes(path);

/** Whether a write only removes marks and restores no value. */
export function onlyStrips(write: Write): boolean {
  if (write.verb !== 'patch' || write.patchType !== 'json') return false;
  return (write.body as unknown as Operation[]).every(({ op, path }) => op === 'test' || isMarkPath(path));
}

/** The framework overwrites this label when it injects and deletes it when it reverts; its former value must be found elsewhere. */
function repairManagedBy(object: KubeObject, mayday: MaydayFacts | undefined): Operation[] {
  const label = object.metadata.labels?.[MANAGED_BY];
  const isTheirs = label === MANAGER;
  const former = mayday?.managedBy ?? (isTheirs ? inferredManager(object) : undefined);
  if (former === undefined) {
    return isTheirs ? mapOperations(object, ['metadata', 'labels'], { drop: [MANAGED_BY] }) : [];
  }
  return isTheirs || label === undefined ? [set(pointer('metadata', 'labels', MANAGED_BY), former)] : [];
}

/** The former managed-by label: the one that kubectl last applied, else `Helm` if the object has Helm's release annotation. */
function inferredManager(object: KubeObject): string | undefined {
  const annotations = object.metadata.annotations ?? {};
  return appliedManager(annotations[LAST_APPLIED]) ?? (annotations[HELM_RELEASE] === undefined ? undefined : 'Helm');
}

function appliedManager(applied: string | undefined): string | undefined {
  if (applied === undefined) return undefined;
  try {
    const object = JSON.parse(applied) as { metadata?: { labels?: Record<string, unknown> } };
    const manager = object.metadata?.labels?.[MANAGED_BY];
    return typeof manager === 'string' && manager !== MANAGER ? manager : undefined;
  } catch {
    return undefined;
  }
}
