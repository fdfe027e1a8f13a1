import { conditionOf, withCondition, withoutCondition } from '../conditions.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet, ReplicaSetStatus } from '../kinds.ts';
import { availableOfAll, maxUnavailable, totalSpecReplicas, wanted } from './rollout.ts';

/** The API server's own limit for "no deadline". */
const NO_DEADLINE = 2147483647;

export const deadlineOf = (d: Deployment): number | undefined =>
  d.spec.progressDeadlineSeconds === NO_DEADLINE ? undefined : (d.spec.progressDeadlineSeconds ?? 600);

/** A condition as this controller writes it. `at` is an RFC 3339 time in whole seconds. */
export function deploymentCondition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  at: string,
): Condition {
  return { type, status, lastUpdateTime: at, lastTransitionTime: at, reason, message };
}

const sum = (sets: readonly ReplicaSet[], field: keyof Omit<ReplicaSetStatus, 'conditions'>) =>
  sets.reduce((n, rs) => n + (rs.status?.[field] ?? 0), 0);

/**
 * The counts and the Available condition, from the status of the sets. Zero counts are left out, as the real
 * controller does.
 */
export function countedStatus(
  d: Deployment,
  all: readonly ReplicaSet[],
  fresh: ReplicaSet | undefined,
  at: string,
): DeploymentStatus {
  const availableCount = availableOfAll(all);
  const enough = availableCount >= wanted(d) - maxUnavailable(d);
  const verdict = enough
    ? deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', at)
    : deploymentCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        at,
      );
  const counts = {
    replicas: sum(all, 'replicas'),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, 'readyReplicas'),
    availableReplicas: availableCount,
    unavailableReplicas: Math.max(0, totalSpecReplicas(all) - availableCount),
    collisionCount: d.status?.collisionCount ?? 0,
  };
  return {
    observedGeneration: d.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    terminatingReplicas: sum(all, 'terminatingReplicas'),
    conditions: withCondition(d.status?.conditions, verdict),
  };
}

/** Every wanted pod is updated and available, and no other runs. */
export function isComplete(d: Deployment, s: DeploymentStatus): boolean {
  return (
    (s.updatedReplicas ?? 0) === wanted(d) &&
    (s.replicas ?? 0) === wanted(d) &&
    (s.availableReplicas ?? 0) === wanted(d) &&
    (s.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  );
}

function madeProgress(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const old = (s: DeploymentStatus) => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function progressing(d: Deployment, status: DeploymentStatus, subject: string, nowMs: number, at: string): Condition[] {
  const current = conditionOf(status.conditions, 'Progressing');
  if (isComplete(d, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(
      status.conditions,
      deploymentCondition('Progressing', 'True', 'NewReplicaSetAvailable', message, at),
    );
  }
  if (madeProgress(d.status ?? {}, status)) {
    const next = deploymentCondition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, at);
    if (current?.status === 'True' && current.lastTransitionTime) next.lastTransitionTime = current.lastTransitionTime;
    return [...withoutCondition(status.conditions, 'Progressing'), next];
  }
  if (isTimedOut(d, current, nowMs)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(
      status.conditions,
      deploymentCondition('Progressing', 'False', 'ProgressDeadlineExceeded', message, at),
    );
  }
  return status.conditions ?? [];
}

function isTimedOut(d: Deployment, current: Condition | undefined, nowMs: number): boolean {
  const deadline = deadlineOf(d);
  if (deadline === undefined || !current || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 < nowMs;
}

function failures(all: readonly ReplicaSet[], fresh: ReplicaSet | undefined): Condition | undefined {
  for (const rs of fresh ? [fresh, ...all] : all) {
    const failure = conditionOf(rs.status?.conditions, 'ReplicaFailure');
    if (failure)
      return { ...failure, ...(failure.lastTransitionTime && { lastUpdateTime: failure.lastTransitionTime }) };
  }
  return undefined;
}

/** The status after a rollout step: counts, Available, Progressing and its deadline, ReplicaFailure of the sets. */
export function rolloutStatus(
  d: Deployment,
  all: readonly ReplicaSet[],
  fresh: ReplicaSet | undefined,
  nowMs: number,
  at: string,
): DeploymentStatus {
  const status = countedStatus(d, all, fresh, at);
  const current = conditionOf(d.status?.conditions, 'Progressing');
  const settled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (deadlineOf(d) === undefined) status.conditions = withoutCondition(status.conditions, 'Progressing');
  else if (!settled) {
    const subject = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${d.metadata.name}"`;
    status.conditions = progressing(d, status, subject, nowMs, at);
  }
  const failure = failures(all, fresh);
  status.conditions = failure
    ? withCondition(status.conditions, failure)
    : withoutCondition(status.conditions, 'ReplicaFailure');
  return status;
}

/**
 * Milliseconds until a rollout without progress must be looked at again; undefined when there is nothing to wait for.
 */
export function progressCheckIn(d: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = conditionOf(status.conditions, 'Progressing');
  const deadline = deadlineOf(d);
  if (deadline === undefined || !current) return undefined;
  if (isComplete(d, status) || current.reason === 'ProgressDeadlineExceeded') return undefined;
  if (current.reason === 'NewReplicaSetAvailable' || d.spec.paused) return undefined;
  return Math.max(0, Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 - nowMs) + 1000;
}
