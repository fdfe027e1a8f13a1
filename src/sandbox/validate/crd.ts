import { each, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject, sameJson } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue, required } from './field.ts';

/** What is wrong with a CustomResourceDefinition. */
export function crdCauses(object: KubeObject): StatusCause[] {
  const spec = part(object, 'spec') ?? {};
  const names = part(spec, 'names') ?? {};
  const causes: StatusCause[] = [];
  const expected = `${String(names.plural)}.${String(spec.group)}`;
  if (object.metadata.name !== expected)
    causes.push(invalidValue('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (!spec.group) causes.push(required('spec.group'));
  const versions = each(spec, 'versions');
  if (versions.length === 0) causes.push(required('spec.versions'));
  if (versions.filter(v => v.storage === true).length !== 1)
    causes.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'));
  versions.forEach((version, i) => {
    const field = `spec.versions[${i}].schema.openAPIV3Schema`;
    const schema = part(version, 'schema', 'openAPIV3Schema');
    if (!schema) causes.push(required(field));
    else causes.push(...structuralCauses(schema, field, true));
  });
  for (const name of ['plural', 'kind']) if (!names[name]) causes.push(required(`spec.names.${name}`));
  return causes;
}

/** Every place of a structural schema says its type, unless it takes anything. */
function structuralCauses(schema: Record<string, unknown>, field: string, root: boolean): StatusCause[] {
  const anything =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const causes: StatusCause[] = [];
  if (!schema.type && !(anything && !root))
    causes.push(
      required(
        `${field}.type`,
        root ? 'must not be empty at the root' : 'must not be empty for specified object fields',
      ),
    );
  if (root && schema.type && schema.type !== 'object')
    causes.push(invalidValue(`${field}.type`, schema.type, 'must be object at the root'));
  for (const [name, child] of Object.entries(part(schema, 'properties') ?? {}))
    if (isRecord(child)) causes.push(...structuralCauses(child, `${field}.properties[${name}]`, false));
  if (isRecord(schema.items)) causes.push(...structuralCauses(schema.items, `${field}.items`, false));
  if (isRecord(schema.additionalProperties))
    causes.push(...structuralCauses(schema.additionalProperties, `${field}.additionalProperties`, false));
  return causes;
}

/** What an update of a CustomResourceDefinition may not change once it is established. */
export function crdUpdateCauses(before: KubeObject, after: KubeObject): StatusCause[] {
  const [old, now] = [part(before, 'spec') ?? {}, part(after, 'spec') ?? {}];
  const causes: StatusCause[] = [];
  for (const name of ['group', 'scope'])
    if (!sameJson(old[name], now[name])) causes.push(invalidValue(`spec.${name}`, now[name], 'field is immutable'));
  for (const name of ['plural', 'kind']) {
    const value = part(now, 'names')?.[name];
    if (!sameJson(part(old, 'names')?.[name], value))
      causes.push(invalidValue(`spec.names.${name}`, value, 'field is immutable'));
  }
  return causes;
}
