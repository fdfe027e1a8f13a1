import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject } from '../object.ts';
import type { ResourceInfo, Subresource } from '../registry.ts';
import type { RawSchema } from '../schema/node.ts';
import type { PrinterColumn } from '../table/custom.ts';

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Versions as discovery orders them: stable before beta before alpha, newer first, anything else by name. */
export function byPriority(a: string, b: string): number {
  const rank = (version: string): number[] => {
    const [, major = '', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    if (major === '') return [3];
    return [stage === undefined ? 0 : stage === 'beta' ? 1 : 2, -Number(major), -Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
  return a < b ? -1 : 1;
}

function subresourcesOf(version: Fields, kind: Fields): Subresource[] {
  const own = { group: String(kind.group), version: String(kind.version), kind: String(kind.kind) };
  const declared = part(version, 'subresources') ?? {};
  const status = declared.status ? [{ name: 'status', ...own, verbs: SUBRESOURCE_VERBS }] : [];
  const scale = declared.scale
    ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: SUBRESOURCE_VERBS }]
    : [];
  return [...status, ...scale];
}

const servedVersions = (definition: KubeObject): Fields[] =>
  each(part(definition, 'spec'), 'versions').filter(v => v.served === true);

/** The resource a CustomResourceDefinition defines; undefined when it serves no version. */
export function resourceOf(definition: KubeObject): ResourceInfo | undefined {
  const spec = part(definition, 'spec') ?? {};
  const names = part(spec, 'names') ?? {};
  const versions = servedVersions(definition);
  const stored = each(spec, 'versions').find(v => v.storage === true) ?? versions[0];
  if (versions.length === 0 || !stored) return undefined;
  const group = String(spec.group);
  const kind = String(names.kind);
  const scale = part(versions[0], 'subresources', 'scale');
  const fields = each(versions[0], 'selectableFields').map(f => String(f.jsonPath).replace(/^\./, ''));
  return {
    key: `${String(names.plural)}.${group}`,
    group,
    version: String(stored.name),
    versions: versions.map(v => String(v.name)).sort(byPriority),
    resource: String(names.plural),
    singular: String(names.singular || kind.toLowerCase()),
    kind,
    listKind: String(names.listKind || `${kind}List`),
    namespaced: spec.scope !== 'Cluster',
    shortNames: texts(names.shortNames),
    categories: texts(names.categories),
    verbs: VERBS,
    subresources: subresourcesOf(stored, { group, version: stored.name, kind }),
    custom: true,
    counted: true,
    ...(scale
      ? {
          scale: {
            spec: String(scale.specReplicasPath),
            status: String(scale.statusReplicasPath),
            selector: String(scale.labelSelectorPath ?? ''),
          },
        }
      : {}),
    ...(fields.length > 0 ? { selectableFields: fields } : {}),
    deprecations: deprecationsOf(versions, group, kind),
  };
}

/** The warnings for users of deprecated versions: the definition's own text, or which version to use instead. */
function deprecationsOf(versions: readonly Fields[], group: string, kind: string): Record<string, string> {
  const lasting = versions
    .filter(v => v.deprecated !== true)
    .map(v => String(v.name))
    .sort(byPriority);
  const warningFor = ({ name, deprecationWarning }: Fields): string => {
    if (typeof deprecationWarning === 'string') return deprecationWarning;
    const better = lasting.find(other => byPriority(other, String(name)) < 0);
    return `${group}/${name} ${kind} is deprecated${better ? `; use ${group}/${better} ${kind}` : ''}`;
  };
  return Object.fromEntries(versions.filter(v => v.deprecated === true).map(v => [String(v.name), warningFor(v)]));
}

/** One served version: its schema and the columns it is printed with. */
export interface ServedVersion {
  version: string;
  schema: RawSchema;
  columns: PrinterColumn[];
}

/** The served versions of a definition, with what each needs to be served. */
export function versionsOf(definition: KubeObject): ServedVersion[] {
  return servedVersions(definition).map(version => ({
    version: String(version.name),
    schema: (part(version, 'schema', 'openAPIV3Schema') ?? { type: 'object' }) as RawSchema,
    columns: each(version, 'additionalPrinterColumns').filter(isRecord) as unknown as PrinterColumn[],
  }));
}
