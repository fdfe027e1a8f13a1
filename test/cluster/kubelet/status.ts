/** A pod's status from the states of its containers, by the kubelet's rules. Pure. */
import type { Condition, ContainerStatus, Pod } from './types.ts';

export interface Addresses {
  readonly podIP: string;
  readonly hostIP: string;
}

/** The status to write; transition times of conditions that did not change are kept from the pod's present status. */
export function podStatus(pod: Pod, containers: readonly ContainerStatus[], addresses: Addresses, now: string): object {
  const phase = podPhase(pod.spec.restartPolicy ?? 'Always', containers);
  const unready = containers.filter(each => !each.ready).map(each => each.name);
  const done = phase === 'Succeeded';
  const notReady = {
    status: 'False' as const,
    reason: done ? 'PodCompleted' : 'ContainersNotReady',
    message: done ? null : `containers with unready status: [${unready.join(' ')}]`,
  };
  const ready = unready.length === 0 ? { status: 'True' as const, reason: null, message: null } : notReady;
  const conditions = [
    { type: 'Initialized', status: 'True' as const },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
  ];
  return {
    phase,
    startTime: pod.status?.startTime ?? now,
    hostIP: addresses.hostIP,
    hostIPs: [{ ip: addresses.hostIP }],
    podIP: addresses.podIP,
    podIPs: [{ ip: addresses.podIP }],
    conditions: conditions.map(each => ({ ...each, lastTransitionTime: transition(pod, each, now) })),
    containerStatuses: containers,
  };
}

/** The phase, from what each container is doing: one that never started holds the pod in Pending. */
export function podPhase(
  restartPolicy: 'Always' | 'OnFailure' | 'Never',
  containers: readonly ContainerStatus[],
): string {
  const neverStarted = containers.some(each => each.state.waiting && each.lastState.terminated === undefined);
  if (neverStarted) return 'Pending';
  if (containers.some(each => each.state.running)) return 'Running';
  const codes = containers.map(each => (each.state.terminated ?? each.lastState.terminated)?.exitCode ?? 0);
  const failed = codes.some(code => code !== 0);
  if (restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && failed)) return 'Running';
  return failed ? 'Failed' : 'Succeeded';
}

function transition(pod: Pod, condition: Condition, now: string): string {
  const before = pod.status?.conditions?.find(each => each.type === condition.type);
  return before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
}
