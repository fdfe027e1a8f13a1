import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject, sameJson } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue, required, unsupported } from './field.ts';
import { dnsLabel } from './names.ts';

/** The schemas of the versions; one of them, by another name, where they are all the same. */
function schemasOf(versions: readonly Fields[]): { field: string; schema: Fields | undefined }[] {
  const all = versions.map((version, i) => ({
    field: `spec.versions[${i}].schema.openAPIV3Schema`,
    schema: part(version, 'schema', 'openAPIV3Schema'),
  }));
  const [first] = all;
  const same = first?.schema && all.every(({ schema }) => sameJson(schema, first.schema));
  return same ? [{ field: 'spec.validation.openAPIV3Schema', schema: first.schema }] : all;
}

/** A version as the server's refusals print it, where all have the same schema. */
const printed = ({ name, served, storage }: Fields) => ({
  Name: name,
  Served: served ?? false,
  Storage: storage ?? false,
  Deprecated: false,
  DeprecationWarning: null,
  Schema: null,
  Subresources: null,
  AdditionalPrinterColumns: null,
  SelectableFields: null,
});

function versionCauses(versions: readonly Fields[]): StatusCause[] {
  const causes = versions.flatMap((version, i) => {
    const bad = dnsLabel(String(version.name ?? ''));
    return bad ? [invalidValue(`spec.versions[${i}].name`, version.name, bad)] : [];
  });
  // The name of a single version is also what the older field for it says.
  const [only] = versions;
  const bad = versions.length === 1 ? dnsLabel(String(only?.name ?? '')) : undefined;
  if (bad) causes.push(invalidValue('spec.version', only?.name, bad));
  if (versions.filter(v => v.storage === true).length !== 1)
    causes.push(
      invalidValue('spec.versions', versions.map(printed), 'must have exactly one version marked as storage version'),
    );
  return causes;
}

/** What the status must say of the stored versions, once the server has filled it in. */
function storedCauses(versions: readonly Fields[]): StatusCause[] {
  const stored = versions.filter(v => v.storage === true).map(v => v.name);
  const field = 'status.storedVersions';
  if (stored.length === 0) return [invalidValue(field, null, 'must have at least one stored version')];
  const [first, ...more] = stored;
  return more.map(name => invalidValue(field, [first], `must have the storage version ${name}`));
}

const SCOPES = ['Cluster', 'Namespaced'];
const APPROVAL = 'api-approved.kubernetes.io';

function groupCauses(object: KubeObject, spec: Fields): StatusCause[] {
  if (!spec.group) return [required('spec.group')];
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(String(spec.group));
  if (!isProtected || object.metadata.annotations?.[APPROVAL]) return [];
  const why = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [required(`metadata.annotations[${APPROVAL}]`, why)];
}

function conversionCauses(spec: Fields): StatusCause[] {
  const conversion = part(spec, 'conversion') ?? {};
  if (conversion.strategy !== 'Webhook') return [];
  const webhook = part(conversion, 'webhook') ?? {};
  return [
    ...(webhook.clientConfig
      ? []
      : [required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook')]),
    ...(webhook.conversionReviewVersions ? [] : [required('spec.conversion.conversionReviewVersions')]),
  ];
}

/** What is wrong with a CustomResourceDefinition. */
export function crdCauses(object: KubeObject): StatusCause[] {
  const spec = part(object, 'spec') ?? {};
  const names = part(spec, 'names') ?? {};
  const versions = each(spec, 'versions');
  const expected = `${String(names.plural)}.${String(spec.group)}`;
  const misnamed = object.metadata.name !== expected;
  return [
    ...(misnamed
      ? [invalidValue('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group')]
      : []),
    ...groupCauses(object, spec),
    ...(SCOPES.includes(String(spec.scope)) ? [] : [unsupported('spec.scope', spec.scope, SCOPES)]),
    ...versionCauses(versions),
    ...schemasOf(versions).flatMap(({ field, schema }) =>
      schema ? structuralCauses(schema, field, true) : [required(field)],
    ),
    ...['plural', 'kind'].flatMap(name => (names[name] ? [] : [required(`spec.names.${name}`)])),
    ...conversionCauses(spec),
    ...storedCauses(versions),
  ];
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

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
  if (schema.type && !TYPES.includes(String(schema.type)))
    causes.push(unsupported(`${field}.type`, schema.type, TYPES));
  else if (root && schema.type && schema.type !== 'object')
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
