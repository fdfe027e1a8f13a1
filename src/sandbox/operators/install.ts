import type { OwnerReference } from '../../k8s/object.ts';
import { cloneJson, isRecord, type KubeObject, type NewObject, timestamp } from '../object.ts';
import { namespace } from '../world/cluster.ts';
import type { Seeder } from '../world/seeder.ts';
import { putDeployment } from '../world/steady.ts';
import { putStatefulSet } from '../world/steady-set.ts';
import type { Application } from './argocd.ts';
import type { Installed, Operator } from './operator.ts';

/** Deployments that are owned by a component object, with that object. */
const OWNED = {
  deployment: 'opendatahub/kserve-controller-manager',
  owner: { resource: 'kserves.components.platform.opendatahub.io', name: 'default-kserve' },
};

/** Sets the times of the conditions of a seeded object to its creation. */
function stampConditions(object: NewObject, at: string): NewObject {
  const { status } = object;
  if (!isRecord(status) || !Array.isArray(status.conditions)) return object;
  const conditions = status.conditions.map(c => ({ lastTransitionTime: at, ...(c as Record<string, unknown>) }));
  return { ...object, status: { ...status, conditions } };
}

/** An address out of 10.96.0.0/16 that depends only on the Service's name. */
function clusterIpOf(namespaceName: string, name: string): string {
  let hash = 7;
  for (const char of `${namespaceName}/${name}`) hash = (hash * 31 + char.charCodeAt(0)) % 64_000;
  return `10.96.${1 + Math.floor(hash / 254)}.${1 + (hash % 254)}`;
}

/**
 * Records the manifests in Git for every Application (the installed objects that it lists), and when it was last
 * compared.
 */
export function recordApplications(s: Seeder): void {
  for (const app of s.store.list<Application>('applications.argoproj.io', 'argocd')) {
    s.store.modify<Application>('applications.argoproj.io', 'argocd', app.metadata.name, draft => {
      draft.status.reconciledAt = timestamp(s.clock.now() - 60_000);
    });
    const objects = (app.status.resources ?? []).flatMap(r => {
      const key = s.registry.byKind(r.group, r.kind)?.key;
      const live = key && s.store.get(key, r.namespace, r.name);
      return live && GITOPS_KINDS.has(live.kind) ? [manifestOf(live)] : [];
    });
    s.git.set(app.metadata.name, objects);
  }
}

/** Kinds whose manifests are stored; all other objects of an Application count as in sync. */
const GITOPS_KINDS = new Set(['InferenceService']);

/** An object as a manifest. */
function manifestOf({ apiVersion, kind, metadata, spec }: KubeObject): NewObject {
  const { name, namespace: ns, labels, annotations } = metadata;
  return cloneJson({
    apiVersion,
    kind,
    metadata: { name, ...(ns && { namespace: ns }), ...(labels && { labels }), ...(annotations && { annotations }) },
    spec,
  });
}

/** Stores one object of an installation as it has been since `hoursAgo`. */
export function put(s: Seeder, { resource, object, manager }: Installed, hoursAgo: number): void {
  const at = timestamp(s.clock.now() - hoursAgo * 3_600_000);
  const stamped = stampConditions(cloneJson(object), at);
  const { namespace: ns = '', name = '' } = stamped.metadata;
  if (resource === 'services' && isRecord(stamped.spec)) {
    const clusterIP = clusterIpOf(ns, name);
    stamped.spec = { clusterIP, clusterIPs: [clusterIP], ...stamped.spec };
  }
  s.put(resource, stamped, { hoursAgo, ...(manager && { manager }) });
}

function ownersOf(s: Seeder, key: string): OwnerReference[] | undefined {
  if (key !== OWNED.deployment) return undefined;
  const owner = s.store.get(OWNED.owner.resource, undefined, OWNED.owner.name);
  if (!owner) return undefined;
  const { apiVersion, kind, metadata } = owner;
  return [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }];
}

/** Installs operators that have been running for days: CustomResourceDefinitions first, workloads last. */
export function installOperators(s: Seeder, operators: readonly Operator[]): void {
  const ageOf = (o: Operator) => o.workloads[0]?.hoursAgo ?? 24;
  const rank = ({ resource }: Installed) => (resource.startsWith('customresourcedefinitions.') ? 0 : 1);
  for (const o of operators) {
    const spaces = new Set([o.deployment.namespace, ...o.workloads.map(w => w.namespace)]);
    for (const name of spaces) s.put('namespaces', namespace(name), { hoursAgo: ageOf(o) + 1 });
  }
  for (const wave of [0, 1]) {
    for (const o of operators) {
      for (const item of o.objects) if (rank(item) === wave) put(s, item, ageOf(o));
    }
  }
  operators
    .flatMap(o => o.workloads)
    .forEach((workload, i) => {
      const owners = ownersOf(s, `${workload.namespace}/${workload.name}`);
      putDeployment(s, owners ? { ...workload, owners } : workload, i);
    });
  operators
    .flatMap(o => o.sets ?? [])
    .forEach((set, i) => {
      putStatefulSet(s, set, i);
    });
}
