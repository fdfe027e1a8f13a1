import { each, type Fields, part } from '../../defaults/fill.ts';
import { type KubeObject, sameJson } from '../../object.ts';
import type { StatusCause } from '../../status.ts';
import { invalidValue, required, unsupported } from '../field.ts';
import { dnsLabel } from '../names.ts';
import { versionPartCauses } from './crd-parts.ts';
import { structuralCauses } from './structural.ts';

/** The schemas of the versions; a single one, at the top of the spec, when all are the same. */
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
const printedVersion = ({ name, served, storage }: Fields) => ({
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

function versionCauses(versions: readonly Fields[], isPrinted: boolean): StatusCause[] {
  const causes = versions.flatMap((version, i) => {
    const bad = dnsLabel(String(version.name ?? ''));
    return bad ? [invalidValue(`spec.versions[${i}].name`, version.name, bad)] : [];
  });
  // The name of a single version is also in the older field `spec.version`.
  const [only] = versions;
  const bad = versions.length === 1 ? dnsLabel(String(only?.name ?? '')) : undefined;
  if (bad) causes.push(invalidValue('spec.version', only?.name, bad));
  const wrong = (why: string) => invalidValue('spec.versions', isPrinted ? versions.map(printedVersion) : null, why);
  if (new Set(versions.map(v => v.name)).size < versions.length)
    causes.push(wrong('must contain unique version names'));
  if (versions.filter(v => v.storage === true).length !== 1)
    causes.push(wrong('must have exactly one version marked as storage version'));
  return causes;
}

/** Checks `status.storedVersions` as the server has filled it in. */
function storedCauses(versions: readonly Fields[]): StatusCause[] {
  const stored = versions.filter(v => v.storage === true).map(v => v.name);
  const field = 'status.storedVersions';
  if (stored.length === 0) return [invalidValue(field, null, 'must have at least one stored version')];
  const [first, ...more] = stored;
  return more.map(name => invalidValue(field, [first], `must have the storage version ${name}`));
}

/** A version in which objects may be stored must not be removed. */
function removedVersionCauses(object: KubeObject, versions: readonly Fields[]): StatusCause[] {
  const stored = part(object, 'status')?.storedVersions;
  return (Array.isArray(stored) ? stored : []).flatMap((name, i) => {
    if (versions.some(version => version.name === name)) return [];
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    return [invalidValue(`status.storedVersions[${i}]`, name, why)];
  });
}

const SCOPES = ['Cluster', 'Namespaced'];

function scopeCauses(scope: unknown): StatusCause[] {
  if (!scope) return [required('spec.scope')];
  return SCOPES.includes(String(scope)) ? [] : [unsupported('spec.scope', scope, SCOPES)];
}

function namesCauses(names: Fields): StatusCause[] {
  const bad = names.plural ? dnsLabel(String(names.plural)) : undefined;
  return [
    ...(bad ? [invalidValue('spec.names.plural', names.plural, bad)] : []),
    ...['plural', 'singular', 'kind', 'listKind']
      .filter(name => !names[name])
      .map(name => required(`spec.names.${name}`)),
  ];
}

const PRESERVING = invalidValue(
  'spec.preserveUnknownFields',
  true,
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
);
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
    ...scopeCauses(spec.scope),
    ...(spec.preserveUnknownFields === true ? [PRESERVING] : []),
    // An empty list of versions is dropped by decoding. A definition without a scope had no spec at all.
    ...versionCauses(versions, Boolean(spec.scope)),
    ...schemasOf(versions).flatMap(({ field, schema }) =>
      schema ? structuralCauses(schema, field) : [required(field)],
    ),
    ...versionPartCauses(spec),
    ...namesCauses(names),
    ...conversionCauses(spec),
    ...storedCauses(versions),
    ...removedVersionCauses(object, versions),
  ];
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
