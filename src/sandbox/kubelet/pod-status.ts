import type { Condition, ContainerStatus, Pod, PodStatus } from '../controllers/kinds.ts';

/** What the kubelet knows of a pod besides its containers. */
export interface PodFacts {
  hostIP: string;
  podIP: string | undefined;
  startTime: string;
  /** The present time as the API writes it. */
  at: string;
  initialized: boolean;
}

/** Guaranteed, Burstable or BestEffort, by the containers' cpu and memory. */
function qosOf(pod: Pod): string {
  const all = pod.spec.containers.map(c => c.resources ?? {});
  const any = all.some(r => Object.keys(r.requests ?? {}).length + Object.keys(r.limits ?? {}).length > 0);
  if (!any) return 'BestEffort';
  const full = all.every(r =>
    ['cpu', 'memory'].every(k => r.limits?.[k] !== undefined && (r.requests?.[k] ?? r.limits?.[k]) === r.limits?.[k]),
  );
  return full ? 'Guaranteed' : 'Burstable';
}

function phaseOf(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  initialized: boolean,
): NonNullable<PodStatus['phase']> {
  if (!initialized) return 'Pending';
  const policy = pod.spec.restartPolicy ?? 'Always';
  const over = (c: ContainerStatus) => c.state.terminated !== undefined;
  const neverRan = (c: ContainerStatus) => c.state.waiting !== undefined && !c.lastState.terminated;
  if (statuses.some(neverRan)) return 'Pending';
  if (statuses.every(over) && policy !== 'Always') {
    const failed = statuses.some(c => c.state.terminated?.exitCode !== 0);
    if (!failed) return 'Succeeded';
    if (policy === 'Never') return 'Failed';
  }
  return 'Running';
}

/** A condition keeps its transition time while its status stays. */
function stamped(old: readonly Condition[], next: Condition, at: string): Condition {
  const before = old.find(c => c.type === next.type);
  const since = before?.status === next.status ? (before.lastTransitionTime ?? at) : at;
  return { ...next, lastProbeTime: null, lastTransitionTime: since };
}

function readiness(
  phase: string,
  statuses: readonly ContainerStatus[],
): Pick<Condition, 'status' | 'reason' | 'message'> {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = statuses.filter(c => !c.ready).map(c => c.name);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

/** The status a kubelet reports for a pod, given its containers' statuses. */
export function podStatus(
  pod: Pod,
  facts: PodFacts,
  containers: readonly ContainerStatus[],
  init: readonly ContainerStatus[],
): PodStatus {
  const old = pod.status?.conditions ?? [];
  const phase = phaseOf(pod, containers, facts.initialized);
  const ready = readiness(phase, containers);
  const waitingInit = init.filter(c => c.state.terminated?.exitCode !== 0).map(c => c.name);
  const initialized: Pick<Condition, 'status' | 'reason' | 'message'> = facts.initialized
    ? { status: 'True' }
    : {
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${waitingInit.join(' ')}]`,
      };
  const generation = pod.metadata.generation;
  const conditions: Condition[] = [
    { type: 'PodReadyToStartContainers', status: facts.podIP ? 'True' : 'False' } as const,
    { type: 'Initialized', ...initialized },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' } as const,
  ].map(c => stamped(old, generation === undefined ? c : { ...c, observedGeneration: generation }, facts.at));
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions,
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    ...(facts.podIP ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {}),
    startTime: facts.startTime,
    ...(init.length > 0 ? { initContainerStatuses: [...init] } : {}),
    containerStatuses: [...containers],
    qosClass: pod.status?.qosClass ?? qosOf(pod),
  };
}
