import type { Call } from '../api/kernel.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { forbiddenField, invalidValue, required } from './field.ts';
import { labelKey, labelValue, nameRuleOf, qualifiedName } from './names.ts';

/** Label keys and values. */
export function labelCauses(labels: Record<string, string> | undefined, field: string): StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const badKey = labelKey(key);
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
    const bad = labelKey(key.toLowerCase());
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
  const rule = nameRuleOf(key);
  const bad = rule(meta.name);
  // generateName is the beginning of a name, so it may end in a hyphen.
  const badPrefix = meta.generateName && rule(meta.generateName.replace(/-$/, 'a'));
  return [
    ...(badPrefix ? [invalidValue('metadata.generateName', meta.generateName, badPrefix)] : []),
    ...(bad ? [invalidValue('metadata.name', meta.name, bad)] : []),
  ];
}

function ownerCauses(meta: ObjectMeta): StatusCause[] {
  const owners = meta.ownerReferences ?? [];
  const causes = owners.flatMap(owner =>
    (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap(part =>
      owner[part] ? [] : [invalidValue(`metadata.ownerReferences.${part}`, owner[part] ?? '', 'must not be empty')],
    ),
  );
  const [first, second] = owners.filter(owner => owner.controller);
  if (!first || !second) return causes;
  const both = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  const why = `Only one reference can have Controller set to true. ${both}`;
  return [...causes, invalidValue('metadata.ownerReferences', owners, why)];
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

/** The warnings for finalizers of custom objects without a domain. */
export const finalizerWarnings = (before: KubeObject | undefined, { metadata }: KubeObject): string[] =>
  (metadata.finalizers ?? [])
    .filter(name => !name.includes('/') && !STANDARD_FINALIZERS.has(name))
    .filter(name => !before?.metadata.finalizers?.includes(name))
    .map(
      name =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
    );

const bothFinalizers = ({ finalizers = [] }: ObjectMeta): StatusCause[] =>
  finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')
    ? [invalidValue('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')]
    : [];

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** What is wrong with the metadata of an object. */
export function metadataCauses({ info }: Call, { metadata }: KubeObject): StatusCause[] {
  return [
    ...nameCauses(info.key, metadata),
    ...labelCauses(metadata.labels, 'metadata.labels'),
    ...annotationCauses(metadata.annotations),
    ...ownerCauses(metadata),
    ...finalizerCauses(metadata, info.custom),
    ...bothFinalizers(metadata),
  ];
}

/** The causes for forbidden changes of metadata. */
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
