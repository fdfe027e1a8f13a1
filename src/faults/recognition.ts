import { MAYDAY, ROLLBACK_DATA } from '../injection/record/markers.ts';
import type { Json, KubeObject } from '../k8s/object.ts';
import type { Carrier, FaultRules, Parameters, Recognition } from './rules/rules.ts';
import { FAULT_RULES, FAULT_TYPES, type FaultType } from './types.ts';

const typeWhere = (current: (rules: FaultRules) => boolean | undefined): FaultType | undefined =>
  FAULT_TYPES.find(type => current(FAULT_RULES[type]) === true);

const recognisedBy = (current: (traces: Recognition) => boolean | undefined): FaultType | undefined =>
  typeWhere(({ recognises }) => recognises !== undefined && current(recognises));

/** The type whose undo record has this payload, on this object; undefined when it looks like none. */
export const typeByRecord = (data: Json, carrier: Carrier): FaultType | undefined =>
  recognisedBy(({ record }) => record?.(data)) ?? recognisedBy(({ recordOn }) => recordOn?.(data, carrier));

/** The type whose backups have such a name, even if their labels are gone. */
export const typeByBackup = ({ kind, metadata: { name } }: Carrier): FaultType | undefined =>
  BACKUPS.find(backup => backup.kind === kind && name.startsWith(backup.prefix))?.type;

/** Computed once, because a scan asks for every object of the cluster. */
const BACKUPS = FAULT_TYPES.flatMap(type => {
  const backup = FAULT_RULES[type].recognises?.backup;
  return backup === undefined ? [] : [{ type, ...backup }];
});

/** The types that keep their undo record in annotations of these keys, without an envelope. */
export const typesByAnnotation = (keys: readonly string[]): FaultType[] =>
  ANNOTATIONS.filter(({ annotation }) => keys.some(annotation)).map(({ type }) => type);

/** Computed once, because a scan asks for every annotation of the cluster. */
const ANNOTATIONS = FAULT_TYPES.flatMap(type => {
  const annotation = FAULT_RULES[type].recognises?.annotation;
  return annotation === undefined ? [] : [{ type, annotation }];
});

/** The type whose injection creates such an object; for objects whose type label is gone and whose facts say that an injection created them. */
export const typeByCreation = ({ kind, metadata: { name } }: Carrier): FaultType | undefined =>
  recognisedBy(({ creates }) => creates && 'prefix' in creates && name.startsWith(creates.prefix)) ??
  recognisedBy(({ creates }) => creates && 'kind' in creates && creates.kind === kind);

/** Whether an injection of the type leaves nothing to restore. */
export const leavesNothing = (type: FaultType): boolean => FAULT_RULES[type].leaves === 'nothing';

/** Whether the type deletes an object and keeps it in a backup. */
export const leavesBackup = (type: FaultType): boolean => FAULT_RULES[type].leaves === 'backup';

/** Whether an injection leaves an object that it created, so that the label alone is the mark and the object carries no undo record. */
export const leavesObject = (type: FaultType): boolean => ['object', 'backup'].includes(FAULT_RULES[type].leaves);

/** Whether the framework counts this injection as cluster-scoped: then it needs high danger and no allowed namespaces. */
export const isClusterScoped = (type: FaultType, parameters: Parameters): boolean =>
  FAULT_RULES[type].isClusterScoped?.(parameters) ?? false;

/** Whether an annotation of this key holds an undo record, or facts about one. */
export const isRecordKey = (key: string): boolean =>
  key === ROLLBACK_DATA || key === MAYDAY || ANNOTATIONS.some(({ annotation }) => annotation(key));

/** The annotation keys on this object that hold an undo record of any type, sorted. */
export const undoRecords = (object: KubeObject): string[] =>
  Object.keys(object.metadata.annotations ?? {})
    .filter(isRecordKey)
    .sort();
