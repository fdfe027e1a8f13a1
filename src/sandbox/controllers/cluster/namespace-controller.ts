import { conversionFailure } from '../../crd/conversion.ts';
import { unavailableGroupVersions } from '../../discovery/unavailable.ts';
import { timestamp } from '../../object.ts';
import { type Controller, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Condition, Obj } from '../kinds.ts';
import { BY_CONTROLLER, type Parts } from '../parts.ts';
import { type DeletionFailures, type Remaining, terminatingConditions } from './namespace.ts';

interface Namespace extends Obj {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: Condition[] };
}

const RETRY_MS = 1000;
/** The real controller gives requests under way this long before it empties a namespace. */
const GRACE_MS = 5000;
/** Deleted first, so that nothing new is created while the rest is deleted. */
const FIRST = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'replicasets.apps'];

/**
 * The namespace controller: adds the default objects to new namespaces, and deletes the content of terminating ones.
 */
export function namespaceController(parts: Parts & { rootCertificate: string }): Controller {
  const { store, clock } = parts;

  return {
    name: 'namespace',
    watches: { namespaces: ownKey },
    reconcile(key) {
      const { name } = placeOfKey(key);
      const ns = store.get<Namespace>('namespaces', undefined, name);
      if (!ns) return undefined;
      if (!ns.metadata.deletionTimestamp) {
        addDefaultObjects(parts, ns);
        return undefined;
      }
      if (!ns.spec?.finalizers?.includes('kubernetes')) return undefined;
      const wait = Date.parse(ns.metadata.deletionTimestamp) + GRACE_MS - clock.now();
      if (wait > 0) return wait;
      return finish(parts, ns, deleteContent(parts, name)) ? undefined : RETRY_MS;
    },
  };
}

function addDefaultObjects(
  { store, createdWith, rootCertificate }: Parts & { rootCertificate: string },
  ns: Namespace,
) {
  const namespace = ns.metadata.name;
  const options = { ...BY_CONTROLLER, ...createdWith(ns) };
  const missing = (resource: string, name: string) => !store.get(resource, namespace, name);
  if (missing('serviceaccounts', 'default')) {
    store.create('serviceaccounts', { metadata: { name: 'default', namespace } }, options);
  }
  if (missing('configmaps', 'kube-root-ca.crt')) {
    const description =
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
    const metadata = {
      name: 'kube-root-ca.crt',
      namespace,
      annotations: { 'kubernetes.io/description': description },
    };
    store.create('configmaps', { metadata, data: { 'ca.crt': rootCertificate } }, options);
  }
}

function resources({ registry }: Parts & { rootCertificate: string }) {
  const held = registry.all().filter(r => r.namespaced && !r.storedAs && r.verbs.includes('delete'));
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return [...held].sort((a, b) => rank(a.key) - rank(b.key));
}

/** Deletes everything in the namespace; returns what is still there. */
function deleteContent(parts: Parts & { rootCertificate: string }, namespace: string): Remaining[] {
  const { store } = parts;
  return resources(parts).flatMap(info => {
    // The namespace controller deletes only what it can list.
    const preferred = info.versions[0] ?? info.version;
    if (conversionFailure({ store }, info, store.list(info.key, namespace), preferred) !== undefined) return [];
    for (const o of store.list(info.key, namespace)) {
      if (!o.metadata.deletionTimestamp)
        store.delete(info.key, namespace, o.metadata.name, { propagationPolicy: 'Background' });
    }
    const left = store.list(info.key, namespace);
    if (left.length === 0) return [];
    const finalizers = left.flatMap(o => o.metadata.finalizers ?? []);
    return [{ resource: `${info.resource}.${info.group}`, count: left.length, finalizers }];
  });
}

function failures(parts: Parts & { rootCertificate: string }, namespace: string): DeletionFailures {
  const { store, registry } = parts;
  return {
    undiscovered: unavailableGroupVersions(registry, store.list('apiservices.apiregistration.k8s.io')).map(
      ({ group, version }) => `${group}/${version}`,
    ),
    content: resources(parts).flatMap(info => {
      const preferred = info.versions[0] ?? info.version;
      return conversionFailure({ store }, info, store.list(info.key, namespace), preferred) ?? [];
    }),
  };
}

function finish(parts: Parts & { rootCertificate: string }, ns: Namespace, left: readonly Remaining[]): boolean {
  const { store, clock } = parts;
  const failed = failures(parts, ns.metadata.name);
  const isDone = left.length + failed.undiscovered.length + failed.content.length === 0;
  const change = (draft: Namespace) => {
    if (isDone) {
      draft.spec = { ...draft.spec, finalizers: (draft.spec?.finalizers ?? []).filter(f => f !== 'kubernetes') };
      return;
    }
    const conditions = terminatingConditions(draft.status?.conditions, left, timestamp(clock.now()), failed);
    draft.status = { ...draft.status, phase: 'Terminating', conditions };
  };
  store.modify<Namespace>('namespaces', undefined, ns.metadata.name, change, BY_CONTROLLER);
  return isDone;
}
