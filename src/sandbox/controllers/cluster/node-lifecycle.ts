import { timestamp } from '../../object.ts';
import { conditionOf, replaceCondition } from '../conditions.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Condition, Obj, Pod } from '../kinds.ts';
import { BY_CONTROLLER, type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { isTerminating } from '../pods.ts';
import type { Node } from './scheduler.ts';

/** Annotation on a Node whose kubelet stops reporting: `sandbox.mayday/down: "true"`. */
const DOWN = 'sandbox.mayday/down';
export const isDown = (node: Obj | undefined): boolean => node?.metadata.annotations?.[DOWN] === 'true';

const LEASES = 'leases.coordination.k8s.io';
const REPORTER = { component: 'node-controller', manager: 'kube-controller-manager' };
/** After this long without a heartbeat a node's state becomes unknown, milliseconds. */
const SILENCE_MS = 40_000;
const UNREACHABLE = 'node.kubernetes.io/unreachable';

interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** How long a pod stays bound to an unreachable node, milliseconds; Infinity when it tolerates that without a limit. */
function tolerationMs(pod: Pod): number {
  const tolerations = (pod.spec.tolerations ?? []) as Toleration[];
  const fits = tolerations.filter(t => (!t.key || t.key === UNREACHABLE) && (!t.effect || t.effect === 'NoExecute'));
  if (fits.length === 0) return 0;
  return Math.max(
    ...fits.map(t => (t.tolerationSeconds === undefined ? Number.POSITIVE_INFINITY : t.tolerationSeconds * 1000)),
  );
}

/** The conditions of a node whose kubelet has gone silent. */
function silentConditions(old: readonly Condition[] | undefined, at: string): Condition[] {
  return (old ?? []).reduce<Condition[]>(
    (conditions, { type }) =>
      replaceCondition(conditions, {
        ...conditionOf(old, type),
        type,
        status: 'Unknown',
        lastTransitionTime: at,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }),
    [...(old ?? [])],
  );
}

/**
 * The node lifecycle controller: a node without heartbeats becomes Unknown and tainted, and its pods are evicted; a
 * new heartbeat undoes that.
 */
export function nodeLifecycle(parts: Parts): Controller {
  const { store, clock } = parts;

  return {
    name: 'node-lifecycle',
    watches: {
      nodes: ownKey,
      [LEASES]: ({ object }) => (object.metadata.namespace === 'kube-node-lease' ? [`/${object.metadata.name}`] : []),
    },
    reconcile(key) {
      const { name } = placeOfKey(key);
      const node = store.get<Node>('nodes', undefined, name);
      if (!node) return undefined;
      const lease = store.get<Obj & { spec?: { renewTime?: string } }>(LEASES, 'kube-node-lease', name);
      const silence = clock.now() - Date.parse(lease?.spec?.renewTime ?? node.metadata.creationTimestamp ?? '');
      const known = conditionOf(node.status?.conditions, 'Ready')?.status === 'True';
      if (silence < SILENCE_MS) {
        if (!known) recover(parts, node);
        return SILENCE_MS - silence;
      }
      if (known) giveUp(parts, node);
      return evict(parts, store.get<Node>('nodes', undefined, name) ?? node);
    },
  };
}

const podsOn = ({ store }: Parts, node: string) => store.list<Pod>('pods').filter(p => p.spec.nodeName === node);

const taints = (at: string) => [
  { key: UNREACHABLE, effect: 'NoSchedule', timeAdded: at },
  { key: UNREACHABLE, effect: 'NoExecute', timeAdded: at },
];

function giveUp(parts: Parts, node: Node) {
  const { store, clock, record } = parts;
  const at = timestamp(clock.now());
  const { name } = node.metadata;
  const change = (draft: Node) => {
    draft.status = { ...draft.status, conditions: silentConditions(draft.status?.conditions, at) };
    draft.spec = { ...draft.spec, taints: [...(draft.spec?.taints ?? []), ...taints(at)] };
  };
  store.modify<Node>('nodes', undefined, name, change, STATUS_BY_CONTROLLER);
  record(REPORTER, {
    about: node,
    type: 'Normal',
    reason: 'NodeNotReady',
    message: `Node ${name} status is now: NodeNotReady`,
  });
  for (const pod of podsOn(parts, name)) markUnready(parts, pod, at);
}

function markUnready({ store, record }: Parts, pod: Pod, at: string) {
  if (conditionOf(pod.status?.conditions, 'Ready')?.status !== 'True') return;
  const change = (draft: Pod) => {
    const ready: Condition = {
      ...conditionOf(draft.status?.conditions, 'Ready'),
      type: 'Ready',
      status: 'False',
      lastTransitionTime: at,
    };
    draft.status = { ...draft.status, conditions: replaceCondition(draft.status?.conditions, ready) };
  };
  store.modify<Pod>('pods', pod.metadata.namespace, pod.metadata.name, change, STATUS_BY_CONTROLLER);
  record(REPORTER, { about: pod, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' });
}

/** Deletes pods whose toleration of the unreachable node has ended; returns the milliseconds until the next one. */
function evict(parts: Parts, node: Node): number | undefined {
  const { store, clock, record } = parts;
  const since = Date.parse(conditionOf(node.status?.conditions, 'Ready')?.lastTransitionTime ?? '');
  let next = Number.POSITIVE_INFINITY;
  for (const pod of podsOn(parts, node.metadata.name).filter(p => !isTerminating(p))) {
    const left = since + tolerationMs(pod) - clock.now();
    if (left > 0) next = Math.min(next, left);
    else {
      record(REPORTER, {
        about: pod,
        type: 'Normal',
        reason: 'TaintManagerEviction',
        message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
      });
      store.delete('pods', pod.metadata.namespace, pod.metadata.name, {});
    }
  }
  return Number.isFinite(next) ? next : undefined;
}

function recover({ store, clock, record }: Parts, node: Node) {
  const at = timestamp(clock.now());
  const { name } = node.metadata;
  const change = (draft: Node) => {
    const left = (draft.spec?.taints ?? []).filter(t => t.key !== UNREACHABLE);
    draft.spec = { ...draft.spec };
    if (left.length > 0) draft.spec.taints = left;
    else delete draft.spec.taints;
    const conditions = (draft.status?.conditions ?? []).map((c): Condition => {
      const ready = c.type === 'Ready';
      const reason = ready ? 'KubeletReady' : `KubeletHasNo${c.type}`;
      const message = ready ? 'kubelet is posting ready status' : `kubelet has no ${c.type}`;
      return { ...c, status: ready ? 'True' : 'False', lastTransitionTime: at, reason, message };
    });
    draft.status = { ...draft.status, conditions };
  };
  store.modify<Node>('nodes', undefined, name, change, BY_CONTROLLER);
  record(
    { component: 'kubelet', host: name, manager: 'kubelet' },
    { about: node, type: 'Normal', reason: 'NodeReady', message: `Node ${name} status is now: NodeReady` },
  );
}

/** Keys of the pods on a node. */
export const podKeysOn = (pods: readonly Pod[], node: string): string[] =>
  pods.filter(p => p.spec.nodeName === node).map(keyOf);
