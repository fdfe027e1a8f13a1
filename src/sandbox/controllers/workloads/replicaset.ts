import { conditionOf, withCondition, withoutCondition } from '../conditions.ts';
import type { Pod, ReplicaSet, ReplicaSetStatus } from '../kinds.ts';
import { carries, selects } from '../labels.ts';
import { controllerOf, deletionOrder, isActive, isAvailable, isReady, isTerminating } from '../pods.ts';

/** What to do with a ReplicaSet's pods: adopt, release, create or delete. */
export interface ReplicaSetPlan {
  adopt: Pod[];
  release: Pod[];
  create: number;
  remove: Pod[];
}

/**
 * One pass over a ReplicaSet.
 *
 * @param pods the pods it controls and the namespace's pods without a controller
 */
export function planReplicaSet(rs: ReplicaSet, pods: readonly Pod[]): ReplicaSetPlan {
  const none: ReplicaSetPlan = { adopt: [], release: [], create: 0, remove: [] };
  const mine = pods.filter(p => controllerOf(p)?.uid === rs.metadata.uid && isActive(p));
  const matching = mine.filter(p => selects(rs.spec.selector, p.metadata.labels));
  const release = mine.filter(p => !matching.includes(p));
  if (isTerminating(rs)) return { ...none, release };
  const adopt = pods.filter(p => !controllerOf(p) && isActive(p) && selects(rs.spec.selector, p.metadata.labels));
  const active = [...matching, ...adopt];
  const wanted = rs.spec.replicas ?? 1;
  const surplus = Math.max(0, active.length - wanted);
  const remove = surplus > 0 ? deletionOrder(active).slice(0, surplus) : [];
  return { adopt, release, create: Math.max(0, wanted - active.length), remove };
}

/**
 * The status of a ReplicaSet from its pods as they are now.
 *
 * @param failure what the last creation or deletion was refused with; absent when all went well
 */
export function replicaSetStatus(
  rs: ReplicaSet,
  controlled: readonly Pod[],
  failure: { reason: 'FailedCreate' | 'FailedDelete'; message: string } | undefined,
  nowMs: number,
  at: string,
): ReplicaSetStatus {
  const active = controlled.filter(p => isActive(p) && selects(rs.spec.selector, p.metadata.labels));
  const ready = active.filter(isReady);
  const counts = {
    fullyLabeledReplicas: active.filter(p => carries(p.metadata.labels, rs.spec.template.metadata?.labels)).length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter(p => isAvailable(p, rs.spec.minReadySeconds ?? 0, nowMs)).length,
  };
  let conditions = rs.status?.conditions;
  if (!failure) conditions = withoutCondition(conditions, 'ReplicaFailure');
  else if (!conditionOf(conditions, 'ReplicaFailure')) {
    const { reason, message } = failure;
    conditions = withCondition(conditions, {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: at,
      reason,
      message,
    });
  }
  return {
    replicas: active.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    terminatingReplicas: controlled.filter(p => isTerminating(p) && selects(rs.spec.selector, p.metadata.labels))
      .length,
    observedGeneration: rs.metadata.generation ?? 1,
    ...(conditions?.length ? { conditions } : {}),
  };
}

/** Milliseconds until the next ready pod has been ready for `minReadySeconds`. */
export function availabilityIn(rs: ReplicaSet, controlled: readonly Pod[], nowMs: number): number | undefined {
  const min = (rs.spec.minReadySeconds ?? 0) * 1000;
  if (min === 0) return undefined;
  const waits = controlled
    .filter(isReady)
    .map(p => Date.parse(conditionOf(p.status?.conditions, 'Ready')?.lastTransitionTime ?? '') + min - nowMs)
    .filter(ms => ms > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
