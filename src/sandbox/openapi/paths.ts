import { groupVersion, type ResourceInfo, type Subresource } from '../registry.ts';

interface Kind {
  group: string;
  version: string;
  kind: string;
  custom?: boolean;
}

type Operations = Record<string, unknown>;

/** Query parameters a client looks for before it uses them. */
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map(name => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `AppsV1` for apps/v1, `CoreV1` for v1, `RbacAuthorizationV1` for rbac.authorization.k8s.io/v1. */
function groupPart(group: string, version: string): string {
  const words = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split(/[.-]/);
  return words.map(capital).join('') + capital(version);
}

const PATCH_TYPES = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json'];

/** The patch types that a kind accepts; clients choose by them. */
const patchBody = (custom: boolean) => ({
  content: Object.fromEntries(
    [...PATCH_TYPES, ...(custom ? [] : ['strategic-merge-patch+json'])].map(type => [
      `application/${type}`,
      { schema: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch' } },
    ]),
  ),
});

function operation(id: string, action: string, kind: Kind): Record<string, unknown> {
  const writes = action === 'post' || action === 'put' || action === 'patch';
  return {
    operationId: id,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
    ...(writes ? { parameters: WRITE_PARAMETERS } : {}),
    ...(action === 'patch' ? { requestBody: patchBody(kind.custom === true) } : {}),
  };
}

interface Names {
  part: string;
  scope: string;
  kind: Kind;
}

function collection(info: ResourceInfo, { part, scope, kind }: Names): Operations {
  const verbs = info.verbs;
  const what = `${part}${scope}${info.kind}`;
  return {
    ...(verbs.includes('list') ? { get: operation(`list${what}`, 'list', kind) } : {}),
    ...(verbs.includes('create') ? { post: operation(`create${what}`, 'post', kind) } : {}),
    ...(verbs.includes('deletecollection')
      ? { delete: operation(`delete${part}Collection${scope}${info.kind}`, 'deletecollection', kind) }
      : {}),
  };
}

const ITEM_VERBS = [
  ['get', 'get', 'read'],
  ['update', 'put', 'replace'],
  ['create', 'post', 'create'],
  ['delete', 'delete', 'delete'],
  ['patch', 'patch', 'patch'],
] as const;

function item(verbs: readonly string[], what: string, kind: Kind, create: boolean): Operations {
  return Object.fromEntries(
    ITEM_VERBS.filter(([verb]) => verbs.includes(verb) && (create || verb !== 'create')).map(([, method, word]) => [
      method,
      operation(`${word}${what}`, method, kind),
    ]),
  );
}

function subKind(info: ResourceInfo, version: string, sub: Subresource): Kind {
  return sub.group || sub.version
    ? { group: sub.group, version: sub.version, kind: sub.kind }
    : { group: info.group, version, kind: sub.kind, custom: info.custom };
}

function resourceOperations(info: ResourceInfo, root: string, version: string): Record<string, Operations> {
  const part = groupPart(info.group, version);
  const scope = info.namespaced ? 'Namespaced' : '';
  const kind = { group: info.group, version, kind: info.kind, custom: info.custom };
  const base = info.namespaced ? `${root}/namespaces/{namespace}/${info.resource}` : `${root}/${info.resource}`;
  const paths: Record<string, Operations> = { [base]: collection(info, { part, scope, kind }) };
  if (info.verbs.includes('get'))
    paths[`${base}/{name}`] = item(info.verbs, `${part}${scope}${info.kind}`, kind, false);
  for (const sub of info.subresources)
    paths[`${base}/{name}/${sub.name}`] = item(
      sub.verbs,
      `${part}${scope}${info.kind}${capital(sub.name)}`,
      subKind(info, version, sub),
      true,
    );
  if (info.namespaced && info.verbs.includes('list'))
    paths[`${root}/${info.resource}`] = {
      get: operation(`list${part}${info.kind}ForAllNamespaces`, 'list', kind),
    };
  return paths;
}

/** The paths of a group version with their operations, kinds and parameters. */
export function operationsOf(
  infos: readonly ResourceInfo[],
  group: string,
  version: string,
): Record<string, Operations> {
  const root = group ? `/apis/${groupVersion(group, version)}` : `/api/${version}`;
  const paths: Record<string, Operations> = {
    [`${root}/`]: { get: { operationId: `get${groupPart(group, version)}APIResources` } },
  };
  for (const info of infos) Object.assign(paths, resourceOperations(info, root, version));
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}
