import type { Container, Note, Pod, PodStatus } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { sameJson } from '../object.ts';
import { type Addresses, createAddresses } from './addresses.ts';
import type { Behaviour } from './behaviour.ts';
import { createImages, type Images } from './images.ts';
import { lifecycleFromStatus, type PodState } from './pod-state.ts';
import { createPrograms, type Programs } from './programs.ts';

/** How other parts of the sandbox influence containers. */
export interface KubeletHooks {
  /** Behaviour from outside, such as a crash on a bad configuration; it overrides that of image and command. */
  externalBehaviour?: (pod: Pod, container: Container) => Behaviour;
  programs?: Programs;
}

/** What the kubelets of all nodes work on. */
export interface Kubelet {
  readonly parts: Parts;
  readonly hooks: KubeletHooks;
  readonly programs: Programs;
  readonly addresses: Addresses;
  readonly images: Images;
  /** By the pod's uid. */
  readonly podStates: Map<string, PodState>;
}

/** Kubelets that run no pod yet. */
export const newKubelet = (parts: Parts, hooks: KubeletHooks): Kubelet => ({
  parts,
  hooks,
  programs: hooks.programs ?? createPrograms(undefined),
  addresses: createAddresses(),
  images: createImages(),
  podStates: new Map(),
});

/** The state of a pod that is new to its kubelet. If the pod ran before the sandbox was started, its status is continued. */
export function admit({ parts, addresses, images }: Kubelet, pod: Pod): PodState {
  const { clock, random } = parts;
  const between = (low: number, high: number) => Math.round(low + random.next() * (high - low));
  const now = clock.now();
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const lifecycles = new Map(statuses.map(s => [s.name, lifecycleFromStatus(s, now)]));
  const podIP = pod.status?.podIP;
  if (podIP) addresses.hold(podIP);
  if (statuses.some(s => s.state.running)) images.keepEverywhere(pod);
  return {
    lifecycles,
    podIP,
    startedMs: pod.status?.startTime ? Date.parse(pod.status.startTime) : now,
    readyForContainersAt: statuses.length > 0 ? 0 : now + between(250, 600),
    mountTries: 0,
    finished: false,
    pullMs: between(500, 1300),
    startMs: between(100, 300),
    stopMs: between(500, 1100),
  };
}

/** Records events about a pod. */
export function recordEvents({ parts }: Kubelet, pod: Pod, notes: readonly Note[]): void {
  const reporter = { component: 'kubelet', host: pod.spec.nodeName ?? '', manager: 'kubelet' };
  for (const note of notes) parts.record(reporter, note);
}

const BY = { by: { manager: 'kubelet', subresource: 'status' } } as const;

/** Writes the status of a pod, where it changes. */
export function report({ parts }: Kubelet, pod: Pod, status: PodStatus): void {
  // Conditions that others wrote (readiness gates, disruption) stay.
  const mine = new Set((status.conditions ?? []).map(c => c.type));
  const others = (pod.status?.conditions ?? []).filter(c => !mine.has(c.type));
  const next = { ...pod.status, ...status, conditions: [...(status.conditions ?? []), ...others] };
  if (sameJson(pod.status, next)) return;
  const change = (draft: Pod) => {
    if (draft.metadata.uid !== pod.metadata.uid) return false;
    draft.status = next;
    return draft;
  };
  parts.store.modify<Pod>('pods', pod.metadata.namespace, pod.metadata.name, change, BY);
}
