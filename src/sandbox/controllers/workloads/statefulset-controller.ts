import { sameJson } from '../../object.ts';
import { type Controller, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, Pod, PodTemplate, Selector } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { isAvailable, isFinished, isReady, isTerminating } from '../pods.ts';
import { podControl, podOwnerKeys, type Wording } from './pod-control.ts';
import { templateHash } from './template-hash.ts';

export interface StatefulSet extends Obj {
  spec: {
    replicas?: number;
    selector: Selector;
    template: PodTemplate;
    serviceName?: string;
    podManagementPolicy?: string;
    minReadySeconds?: number;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  status?: Record<string, unknown>;
}

const SETS = 'statefulsets.apps';
const REVISION = 'controller-revision-hash';
const REPORTER = { component: 'statefulset-controller', manager: 'kube-controller-manager' };
const WORDING: Wording = {
  created: (pod, set) => `Create Pod ${pod} in StatefulSet ${set} successful`,
  deleted: (pod, set) => `Delete Pod ${pod} in StatefulSet ${set} successful`,
  refused: (pod, set, why) => `Create Pod ${pod} in StatefulSet ${set} failed error: ${why}`,
};
const RETRY_MS = 2000;

const ordinalOf = (set: Obj, pod: Obj): number =>
  Number(
    pod.metadata.name.startsWith(`${set.metadata.name}-`)
      ? pod.metadata.name.slice(set.metadata.name.length + 1)
      : Number.NaN,
  );

/** One step of a StatefulSet: at most one pod is made or removed at a time, in order, unless it manages them in parallel. */
interface SetStep {
  create: number[];
  remove: Pod[];
}

const NOTHING: SetStep = { create: [], remove: [] };
const isParallel = (set: StatefulSet) => set.spec.podManagementPolicy === 'Parallel';
const hasRevision = (pod: Pod, revision: string) => pod.metadata.labels?.[REVISION] === revision;

/** The next pods to make; `wait` while an earlier one is not ready yet. */
function nextToCreate(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): number[] | 'wait' {
  const wanted = Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => i);
  if (isParallel(set)) return wanted.filter(i => !pods.has(i));
  for (const i of wanted) {
    const pod = pods.get(i);
    if (!pod) return [i];
    if ((!isReady(pod) || isTerminating(pod)) && hasRevision(pod, revision)) return 'wait';
  }
  return [];
}

/** The pod to replace because its template is out of date: from the highest number down, one at a time. */
function nextToReplace(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): Pod | undefined {
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let i = (set.spec.replicas ?? 1) - 1; i >= partition; i--) {
    const pod = pods.get(i);
    if (!pod || isTerminating(pod)) return undefined;
    if (!hasRevision(pod, revision)) return pod;
    if (!isReady(pod)) return undefined;
  }
  return undefined;
}

/** What to do now. `revision` is the current template's. */
function planStatefulSet(set: StatefulSet, pods: readonly Pod[], revision: string): SetStep {
  const finished = pods.filter(p => isFinished(p) && !isTerminating(p));
  if (finished.length > 0) return { create: [], remove: finished };
  const byOrdinal = new Map(pods.map(p => [ordinalOf(set, p), p]));
  const create = nextToCreate(set, byOrdinal, revision);
  if (create === 'wait') return NOTHING;
  if (create.length > 0) return { create, remove: [] };
  const surplus = pods
    .filter(p => ordinalOf(set, p) >= (set.spec.replicas ?? 1) && !isTerminating(p))
    .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
  if (surplus.length > 0) return { create: [], remove: isParallel(set) ? surplus : surplus.slice(0, 1) };
  const old = nextToReplace(set, byOrdinal, revision);
  return old ? { create: [], remove: [old] } : NOTHING;
}

function statusOf(set: StatefulSet, pods: readonly Pod[], revision: string, nowMs: number): Record<string, unknown> {
  const alive = pods.filter(p => !isTerminating(p));
  const updated = alive.filter(p => p.metadata.labels?.[REVISION] === revision);
  const replicas = set.spec.replicas ?? 1;
  const done = updated.length === replicas && updated.every(isReady);
  const current = (set.status?.currentRevision as string | undefined) ?? revision;
  const counts = {
    readyReplicas: alive.filter(isReady).length,
    currentReplicas: done ? updated.length : alive.filter(p => p.metadata.labels?.[REVISION] === current).length,
    updatedReplicas: updated.length,
  };
  return {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: alive.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    availableReplicas: alive.filter(p => isAvailable(p, set.spec.minReadySeconds ?? 0, nowMs)).length,
    currentRevision: done ? revision : current,
    updateRevision: revision,
    collisionCount: 0,
  };
}

/** The StatefulSet controller: numbered pods, in order. */
export function statefulSetController(parts: Parts): Controller {
  const { store, clock, owners } = parts;
  const pods = podControl(parts, 'statefulset-controller', REPORTER, WORDING);

  const template = (set: StatefulSet, name: string, revision: string, ordinal: number): PodTemplate => {
    const labels = {
      ...set.spec.template.metadata?.labels,
      [REVISION]: revision,
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    };
    const spec = {
      ...set.spec.template.spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
    };
    return { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels }, spec };
  };

  return {
    name: 'statefulset',
    watches: { [SETS]: ownKey, pods: event => podOwnerKeys(event.object as Obj, 'StatefulSet', () => []) },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const set = store.get<StatefulSet>(SETS, namespace, name);
      if (!set) return undefined;
      const revision = `${name}-${templateHash(set.spec.template)}`;
      const step = isTerminating(set)
        ? { create: [], remove: [] }
        : planStatefulSet(set, owners.controlledPods(set.metadata.uid), revision);
      for (const pod of step.remove) pods.remove(set, pod);
      let refused = false;
      for (const i of step.create) {
        const podName = `${name}-${i}`;
        refused ||= (await pods.create(set, template(set, podName, revision, i), podName)) !== undefined;
      }
      const current = store.get<StatefulSet>(SETS, namespace, name);
      const status = current && statusOf(current, owners.controlledPods(set.metadata.uid), revision, clock.now());
      if (current && !sameJson(current.status, status)) {
        const change = (draft: StatefulSet) => {
          draft.status = status ?? {};
        };
        store.modify<StatefulSet>(SETS, namespace, name, change, STATUS_BY_CONTROLLER);
      }
      return refused ? RETRY_MS : undefined;
    },
  };
}
