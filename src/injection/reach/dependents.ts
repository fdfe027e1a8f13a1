import type { Live, Read } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { isActive } from '../../k8s/pod.ts';
import { usesKey } from '../../k8s/pod-references.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { own } from '../../text/own.ts';
import { itemsOf, listIn } from '../live.ts';
import { podSelector, reachedBy } from './reach.ts';

const PODS = 'pods';
/** Kinds that may be in the owner chain between a custom resource and its pods. */
const OWNER_KINDS: readonly [apiVersion: string, kind: string][] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
];

/** The lists that show which pods depend on an object: all pods of its namespace, and the kinds that may own them on its behalf. */
export function dependentReads(target: KubeObject): Read[] {
  const { namespace } = target.metadata;
  const place = namespace === undefined ? {} : { namespace };
  const between = podSelector(target) === undefined && !(kindOf(target) in USES_BY_KIND) ? OWNER_KINDS : [];
  return [
    { key: PODS, list: { apiVersion: 'v1', kind: 'Pod', ...place } },
    ...between.map(([apiVersion, kind]): Read => ({ key: kind, list: { apiVersion, kind, ...place } })),
  ];
}

/** The first of those lists that could not be read. */
export function blindDependents(live: Live): { what: string; failure: Failure } | undefined {
  for (const key of [PODS, ...OWNER_KINDS.map(([, kind]) => kind)]) {
    const seen = listIn(live, key);
    // A kind that the cluster does not serve has no objects.
    if (seen.state === 'blind' && seen.failure.reason !== 'not-found')
      return { what: `${key} that may depend on it`, failure: seen.failure };
  }
  return undefined;
}

/** The running pods that the object selects, owns through any number of owners, or that mount, read or run as it. */
export function dependentsOf(target: KubeObject, live: Live): KubeObject[] {
  const pods = itemsIn(live, PODS).filter(isActive);
  const reached = new Set(reachedBy(target, pods).map(pod => pod.metadata.name));
  const uses = own(USES_BY_KIND, kindOf(target));
  const owned = ownedBy(
    target.metadata.uid,
    OWNER_KINDS.flatMap(([, kind]) => itemsIn(live, kind)),
  );
  const isDependent = (pod: KubeObject) =>
    reached.has(pod.metadata.name) ||
    uses?.(pod, target.metadata.name) === true ||
    (pod.metadata.ownerReferences ?? []).some(owner => owned.has(owner.uid));
  return pods.filter(isDependent);
}

const itemsIn = (live: Live, key: string): readonly KubeObject[] => itemsOf(listIn(live, key));

const kindOf = ({ apiVersion, kind }: KubeObject) => `${groupOf(apiVersion)}/${kind}`;

/** `uid`, and the uids of all objects in `between` that it owns, directly or through other owners. */
function ownedBy(uid: string | undefined, between: readonly KubeObject[]): Set<string> {
  const owned = new Set(uid === undefined ? [] : [uid]);
  for (let before = -1; before !== owned.size; ) {
    before = owned.size;
    for (const { metadata } of between) {
      if (metadata.uid !== undefined && metadata.ownerReferences?.some(owner => owned.has(owner.uid)))
        owned.add(metadata.uid);
    }
  }
  return owned;
}

interface PodSpec {
  serviceAccountName?: string;
  volumes?: { persistentVolumeClaim?: { claimName?: string } }[];
}
const specOf = (pod: KubeObject) => (pod.spec ?? {}) as PodSpec;

/** Kinds that pods use by name. */
const USES_BY_KIND: Readonly<Record<string, (pod: KubeObject, name: string) => boolean>> = {
  '/ConfigMap': (pod, name) => usesKey(pod, { kind: 'ConfigMap', name }),
  '/Secret': (pod, name) => usesKey(pod, { kind: 'Secret', name }),
  '/ServiceAccount': (pod, name) => (specOf(pod).serviceAccountName ?? 'default') === name,
  '/PersistentVolumeClaim': (pod, name) =>
    (specOf(pod).volumes ?? []).some(volume => volume.persistentVolumeClaim?.claimName === name),
};
