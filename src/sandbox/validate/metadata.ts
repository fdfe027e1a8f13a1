import type { Call } from '../api/kernel.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { forbiddenField, invalidValue, required } from './field.ts';
import { labelValue, nameRuleOf, qualifiedName } from './names.ts';

/** Label keys and values. */
export function labelCauses(labels: Record<string, string> | undefined, field: string): StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const badKey = qualifiedName(key);
    const badValue = labelValue(String(value));
    return [
      ...(badKey ? [invalidValue(field, key, badKey)] : []),
      ...(badValue ? [invalidValue(field, value, badValue)] : []),
    ];
  });
}

const ANNOTATION_LIMIT = 262_144;

function annotationCauses(annotations: Record<string, string> | undefined): StatusCause[] {
  const field = 'metadata.annotations';
  const causes = Object.keys(annotations ?? {}).flatMap(key => {
    const bad = qualifiedName(key.toLowerCase());
    return bad ? [invalidValue(field, key, bad)] : [];
  });
  const size = Object.entries(annotations ?? {}).reduce((sum, [k, v]) => sum + k.length + String(v).length, 0);
  if (size <= ANNOTATION_LIMIT) return causes;
  return [
    ...causes,
    { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${ANNOTATION_LIMIT} bytes`, field },
  ];
}

function nameCauses(key: string, meta: ObjectMeta): StatusCause[] {
  if (!meta.name) return [required('metadata.name', 'name or generateName is required')];
  const bad = nameRuleOf(key)(meta.name);
  return bad ? [invalidValue('metadata.name', meta.name, bad)] : [];
}

function ownerCauses(meta: ObjectMeta): StatusCause[] {
  const owners = meta.ownerReferences ?? [];
  const causes = owners.flatMap((owner, i) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap(part =>
      owner[part]
        ? []
        : [invalidValue(`metadata.ownerReferences[${i}].${part}`, owner[part] ?? '', `${part} must not be empty`)],
    ),
  );
  if (owners.filter(owner => owner.controller).length < 2) return causes;
  return [
    ...causes,
    invalidValue('metadata.ownerReferences', owners, 'Only one reference can have Controller set to true'),
  ];
}

// Only built-in kinds ask for a slash: custom objects may carry `resources-finalizer.argocd.argoproj.io`.
const finalizerCauses = (meta: ObjectMeta, custom: boolean): StatusCause[] =>
  (meta.finalizers ?? []).flatMap((name, i) => {
    const bad = qualifiedName(name);
    if (bad) return [invalidValue(`metadata.finalizers[${i}]`, name, bad)];
    if (custom || name.includes('/') || STANDARD_FINALIZERS.has(name)) return [];
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalidValue(`metadata.finalizers[${i}]`, name, why)];
  });

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** What is wrong with the metadata of an object. */
export function metadataCauses({ info }: Call, { metadata }: KubeObject): StatusCause[] {
  return [
    ...nameCauses(info.key, metadata),
    ...labelCauses(metadata.labels, 'metadata.labels'),
    ...annotationCauses(metadata.annotations),
    ...ownerCauses(metadata),
    ...finalizerCauses(metadata, info.custom),
  ];
}

/** What an update may not do to metadata. */
export function metadataUpdateCauses(before: KubeObject, after: KubeObject): StatusCause[] {
  if (!before.metadata.deletionTimestamp) return [];
  const known = before.metadata.finalizers ?? [];
  const added = (after.metadata.finalizers ?? []).filter(f => !known.includes(f));
  if (added.length === 0) return [];
  const list = added.map(f => JSON.stringify(f)).join(', ');
  const cause = forbiddenField(
    'metadata.finalizers',
    `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
  );
  // The server checks this in two places and reports both.
  return [cause, cause];
}
