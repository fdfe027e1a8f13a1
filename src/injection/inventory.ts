import type { Live, Read } from '../faults/contract.ts';
import type { KubeObject } from '../k8s/object.ts';
import { itemsOf, listIn } from './live.ts';

/** The built-in namespaced kinds whose objects count as content of a namespace. */
const BUILT_IN: readonly [apiVersion: string, kind: string][] = [
  ['v1', 'Pod'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'ReplicationController'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['coordination.k8s.io/v1', 'Lease'],
];
const DEFINITIONS = 'custom resource definitions';

/** Objects that the cluster itself creates in every namespace; they do not count as content. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  'ConfigMap/kube-root-ca.crt',
  'ConfigMap/openshift-service-ca.crt',
  'ConfigMap/istio-ca-root-cert',
  'ServiceAccount/default',
  'ServiceAccount/builder',
  'ServiceAccount/deployer',
  'ServiceAccount/pipeline',
  'RoleBinding/system:deployers',
  'RoleBinding/system:image-builders',
  'RoleBinding/system:image-pullers',
]);
const TOKEN_TYPES = ['kubernetes.io/service-account-token', 'kubernetes.io/dockercfg'];

interface Definition {
  spec?: { group?: string; scope?: string; names?: { kind?: string }; versions?: { name: string; served?: boolean }[] };
}

/** Everything that must be listed to say what a namespace holds: the built-in kinds, and every namespaced kind that was added. */
export function inventoryReads(namespace: string, live: Live): Read[] {
  const definitions = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  return [
    ...BUILT_IN.map(([apiVersion, kind]): Read => ({ key: keyOf(kind), list: { apiVersion, kind, namespace } })),
    { key: DEFINITIONS, list: definitions },
    ...customKinds(live).map(
      ({ apiVersion, kind }): Read => ({
        key: keyOf(`${apiVersion} ${kind}`),
        list: { apiVersion, kind, namespace },
      }),
    ),
  ];
}

const keyOf = (kind: string) => `inventory ${kind}`;

function customKinds(live: Live): { apiVersion: string; kind: string }[] {
  const seen = listIn(live, DEFINITIONS);
  return itemsOf(seen).flatMap(definition => {
    const { group, scope, names, versions = [] } = (definition as Definition).spec ?? {};
    const served = versions.find(version => version.served !== false);
    return scope === 'Namespaced' && served !== undefined && names?.kind !== undefined
      ? [{ apiVersion: `${group}/${served.name}`, kind: names.kind }]
      : [];
  });
}

/** The content of a namespace, without the objects that every namespace has. */
export interface Inventory {
  objects: KubeObject[];
  pods: readonly KubeObject[];
  /** The kinds that could not be listed. */
  blind: string[];
}

export function inventoryIn(live: Live): Inventory {
  const keys = [
    ...BUILT_IN.map(([, kind]) => kind),
    ...customKinds(live).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
  ];
  const lists = [
    ...keys.map(kind => ({ kind, seen: listIn(live, keyOf(kind)) })),
    { kind: DEFINITIONS, seen: listIn(live, DEFINITIONS) },
  ];
  const objects = lists
    .filter(({ kind }) => kind !== DEFINITIONS)
    .flatMap(({ kind, seen }) =>
      seen.state === 'found' ? seen.value.map(object => ({ ...object, kind: object.kind ?? kind })) : [],
    );
  const pods = listIn(live, keyOf('Pod'));
  return {
    objects: objects.filter(object => !isAlwaysThere(object)),
    pods: itemsOf(pods),
    // A kind that the cluster does not serve has no objects.
    blind: lists.flatMap(({ kind, seen }) =>
      seen.state === 'blind' && seen.failure.reason !== 'not-found' ? [kind] : [],
    ),
  };
}

function isAlwaysThere({ kind, metadata, type }: KubeObject): boolean {
  return ALWAYS_THERE.has(`${kind}/${metadata.name}`) || (kind === 'Secret' && TOKEN_TYPES.includes(String(type)));
}

/** `3 Secret, 2 Pod, 1 Widget`, most numerous first. */
export function inventoryText(objects: readonly KubeObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
