import type { Fault, Live, Restore } from '../../faults/contract.ts';
import { isRecordKey } from '../../faults/recognition.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { MANAGED_BY, TYPE_LABEL } from '../../injection/record/markers.ts';
import { isMarkPath } from '../../injection/record/strip.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import { mapOperations, type Operation, pointerSteps, valueAt } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { writesOf } from '../restore/stages.ts';

type Texts = Record<string, string>;

/**
 * The current object with the marks of an earlier read added, because the fault's own comparison needs the undo record.
 */
export function withMarksOf(now: KubeObject, before: KubeObject): KubeObject {
  const { labels = {}, annotations = {} } = before.metadata;
  const marks = (entries: Texts, isMark: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => isMark(key)));
  return {
    ...now,
    metadata: {
      ...now.metadata,
      labels: { ...now.metadata.labels, ...marks(labels, key => key === TYPE_LABEL) },
      annotations: { ...now.metadata.annotations, ...marks(annotations, isRecordKey) },
    },
  };
}

/** Decides the restore from the undo record in memory and the object's current state. */
export const restoreFromMemory = (
  fault: Fault<unknown>,
  finding: FoundInjection,
  now: KubeObject,
  live: Live,
): Restore => fault.restore({ ...finding, live: withMarksOf(now, finding.live) }, live);

/** The marks that this restore removes, with their former values: the record that must not be lost. */
function marksOf(restore: Restore, before: KubeObject): { annotations: Texts; labels: Texts } {
  const marks = { annotations: {} as Texts, labels: {} as Texts };
  for (const write of writesOf(restore)) {
    if (write.verb !== 'patch' || write.patchType !== 'json') continue;
    for (const { op, path } of write.body as unknown as Operation[]) {
      const [, map, key = ''] = pointerSteps(path);
      const value = valueAt(before, pointerSteps(path));
      if (op !== 'remove' || !isMarkPath(path) || key === MANAGED_BY || typeof value !== 'string') continue;
      marks[map === 'labels' ? 'labels' : 'annotations'][key] = value;
    }
  }
  return marks;
}

/** The write that adds the undo record, which a restore removed, to the object again; a text says why that is impossible, to follow a message. */
export function markAgain(now: KubeObject, restore: Restore, before: KubeObject): Write | string {
  const { annotations, labels } = marksOf(restore, before);
  const isTaken = Object.entries(annotations).some(
    ([key, value]) => (now.metadata.annotations?.[key] ?? value) !== value,
  );
  if (isTaken) return `${nameOf(refOf(now))} has another undo record now`;
  if (Object.keys(annotations).length === 0) return `${nameOf(refOf(now))} had no undo record`;
  const operations = [
    ...mapOperations(now, ['metadata', 'annotations'], { set: annotations }),
    ...mapOperations(now, ['metadata', 'labels'], { set: labels }),
  ];
  return patchOf(now, operations, { says: `write the undo record to ${nameOf(refOf(now))} again`, atVersion: true });
}

/** The write that creates a deleted backup again from its last read. */
export function backupAgain(backup: KubeObject): Write {
  const { name, namespace, labels, annotations } = backup.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const body = { ...backup, metadata };
  return {
    verb: 'create',
    on: { apiVersion: backup.apiVersion, kind: backup.kind, ...(namespace === undefined ? {} : { namespace }), name },
    body,
    precondition: { absent: true },
    says: `create the backup ${nameOf(refOf(backup))} again`,
  };
}
