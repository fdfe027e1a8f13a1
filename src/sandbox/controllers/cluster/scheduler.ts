import { timestamp } from '../../object.ts';
import { conditionOf, replaceCondition } from '../conditions.ts';
import { type Controller, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Condition, Obj, Pod } from '../kinds.ts';
import type { Parts } from '../parts.ts';
import { isTerminating } from '../pods.ts';
import { SCHEDULER } from '../recorder.ts';
import { boundTo } from './affinity.ts';

export interface Node extends Obj {
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string; value?: string }[]; podCIDR?: string };
  status?: {
    conditions?: Condition[];
    allocatable?: Record<string, string>;
    addresses?: { type: string; address: string }[];
  };
}

/** The node for a pod, or why there is none. */
export type Decision = { node: string } | { refusal: string };

function tolerates(pod: Pod, taint: { key: string; effect: string; value?: string }): boolean {
  const tolerations = (pod.spec.tolerations ?? []) as {
    key?: string;
    operator?: string;
    effect?: string;
    value?: string;
  }[];
  return tolerations.some(
    t =>
      (t.key === undefined || t.key === taint.key) &&
      (t.effect === undefined || t.effect === '' || t.effect === taint.effect) &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  );
}

const MISMATCH = "node(s) didn't match Pod's node affinity/selector";

function refusalOf(pod: Pod, node: Node, load: number): string | undefined {
  const tied = boundTo(pod);
  if (tied && !tied.includes(node.metadata.name)) return MISMATCH;
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec?.unschedulable && !tolerates(pod, cordon)) return 'node(s) were unschedulable';
  const taint = node.spec?.taints?.find(t => t.effect !== 'PreferNoSchedule' && !tolerates(pod, t));
  if (taint) return `node(s) had untolerated taint(s)`;
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (node.metadata.labels?.[key] !== value) return MISMATCH;
  if (load >= Number(node.status?.allocatable?.pods ?? 110)) return 'Too many pods';
  return undefined;
}

/**
 * The fitting node with the fewest pods; the name decides between equals. A refusal is worded as the real scheduler
 * words it.
 */
export function chooseNode(pod: Pod, nodes: readonly Node[], load: ReadonlyMap<string, number>): Decision {
  const reasons = new Map<string, number>();
  let best: Node | undefined;
  for (const node of nodes) {
    const count = load.get(node.metadata.name) ?? 0;
    const refusal = refusalOf(pod, node, count);
    if (refusal) reasons.set(refusal, (reasons.get(refusal) ?? 0) + 1);
    else if (!best || count < (load.get(best.metadata.name) ?? 0)) best = node;
  }
  if (best) return { node: best.metadata.name };
  const why = [...reasons].map(([reason, n]) => `${n} ${reason}`).sort();
  const count = nodes.length;
  if (count === 0) return { refusal: 'no nodes available to schedule pods' };
  const message = `0/${count} nodes are available: ${why.join(', ')}.`;
  const preemption = `0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;
  return { refusal: `${message} no new claims to deallocate, preemption: ${preemption}` };
}

const BY = { by: { manager: 'kube-scheduler', subresource: 'status' } } as const;

const RETRY_MS = 5000;

/** Binds pods without a node to one. */
export function scheduler(parts: Parts): Controller {
  const { store } = parts;
  const load = new Map<string, number>();
  const count = (pod: Pod | undefined, by: number) => {
    const node = pod?.spec.nodeName;
    if (node) load.set(node, (load.get(node) ?? 0) + by);
  };

  return {
    name: 'scheduler',
    watches: {
      pods: event => {
        count(event.previous as Pod | undefined, -1);
        if (event.type !== 'DELETED') count(event.object as Pod, 1);
        return event.type === 'ADDED' ? ownKey(event) : [];
      },
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const pod = store.get<Pod>('pods', namespace, name);
      if (!pod || pod.spec.nodeName || isTerminating(pod)) return undefined;
      const decision = chooseNode(pod, store.list<Node>('nodes'), load);
      if ('node' in decision) {
        bind(parts, pod, decision.node);
        return undefined;
      }
      refuse(parts, pod, decision.refusal);
      return RETRY_MS;
    },
  };
}

function bind({ store, clock, record }: Parts, pod: Pod, node: string) {
  const at = timestamp(clock.now());
  const { namespace, name } = pod.metadata;
  const change = (draft: Pod) => {
    draft.spec.nodeName = node;
    const scheduled: Condition = {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: at,
    };
    draft.status = {
      ...draft.status,
      phase: 'Pending',
      conditions: replaceCondition(draft.status?.conditions, scheduled),
    };
  };
  // No field manager owns the field that a binding sets.
  store.modify<Pod>('pods', namespace, name, change);
  const message = `Successfully assigned ${namespace}/${name} to ${node}`;
  record(SCHEDULER, { about: pod, type: 'Normal', reason: 'Scheduled', message });
}

function refuse({ store, clock, record }: Parts, pod: Pod, message: string) {
  const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.message === message) return;
  const { namespace, name } = pod.metadata;
  const change = (draft: Pod) => {
    const lastTransitionTime = timestamp(clock.now());
    const condition: Condition = {
      type: 'PodScheduled',
      ...(draft.metadata.generation === undefined ? {} : { observedGeneration: draft.metadata.generation }),
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime,
      reason: 'Unschedulable',
      message,
    };
    draft.status = {
      ...draft.status,
      phase: 'Pending',
      conditions: replaceCondition(draft.status?.conditions, condition),
    };
  };
  store.modify<Pod>('pods', namespace, name, change, BY);
  record(SCHEDULER, { about: pod, type: 'Warning', reason: 'FailedScheduling', message });
}
