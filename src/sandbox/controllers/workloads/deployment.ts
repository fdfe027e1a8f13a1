import { conditionOf, withCondition } from '../conditions.ts';
import type { Deployment, DeploymentStatus, Note, ReplicaSet } from '../kinds.ts';
import { controllerRef } from '../pods.ts';
import {
  countedStatus,
  deadlineOf,
  deploymentCondition,
  isComplete,
  progressCheckIn,
  rolloutStatus,
} from './deployment-status.ts';
import { newSetAnnotations, nextRevision, REVISION, revisionOf, sizeAnnotations } from './revision.ts';
import {
  isRolling,
  isSaturated,
  isScaling,
  newSetSize,
  onlyActive,
  proportional,
  type Resize,
  shrinkOld,
  specReplicas,
  wanted,
} from './rollout.ts';
import { canonical, sameTemplate, templateHash } from './template-hash.ts';

/** One pass over a Deployment: the sets to write and delete, its own status and annotations, the events, the next check. */
export interface DeploymentPlan {
  create?: ReplicaSet;
  update: ReplicaSet[];
  remove: ReplicaSet[];
  status: DeploymentStatus;
  /** The Deployment's own revision annotation. */
  revision: string | undefined;
  notes: Note[];
  checkInMs: number | undefined;
}

/** What a pass over a Deployment depends on besides the Deployment. */
export interface DeploymentFacts {
  /** Sets this Deployment controls, in any order. */
  sets: readonly ReplicaSet[];
  /** Whether pods of another set than the current one still run (Recreate waits for them). */
  oldPodsRun: boolean;
  nowMs: number;
  /** `nowMs` as the API writes times. */
  at: string;
}

/** The oldest set whose template is the Deployment's: the current one. */
export function currentSet(d: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const byAge = [...sets].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
  );
  return byAge.find(rs => sameTemplate(rs.spec.template, d.spec.template));
}

/** The ReplicaSet for a Deployment's template, with the size it may have now. */
export function buildSet(d: Deployment, old: readonly ReplicaSet[]): ReplicaSet {
  const hash = templateHash(d.spec.template, d.status?.collisionCount);
  const labels = { ...d.spec.template.metadata?.labels, 'pod-template-hash': hash };
  const selector = {
    ...d.spec.selector,
    matchLabels: { ...d.spec.selector.matchLabels, 'pod-template-hash': hash },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${d.metadata.name.slice(0, 62 - hash.length)}-${hash}`,
      namespace: d.metadata.namespace ?? '',
      uid: '',
      labels,
      annotations: newSetAnnotations(d, undefined, nextRevision(old)),
      ownerReferences: [controllerRef(d)],
    },
    spec: {
      replicas: newSetSize(d, old, 0),
      ...(d.spec.minReadySeconds ? { minReadySeconds: d.spec.minReadySeconds } : {}),
      selector,
      template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
    },
  };
}

interface Draft {
  d: Deployment;
  facts: DeploymentFacts;
  old: ReplicaSet[];
  fresh: ReplicaSet | undefined;
  plan: DeploymentPlan;
}

function resize(draft: Draft, { set, to }: Resize): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(draft.d) };
  const next: ReplicaSet = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas: to } };
  if (specReplicas(set) !== to) {
    const way = specReplicas(set) < to ? 'up' : 'down';
    const message = `Scaled ${way} replica set ${set.metadata.name} from ${specReplicas(set)} to ${to}`;
    draft.plan.notes.push({ about: draft.d, type: 'Normal', reason: 'ScalingReplicaSet', message });
  }
  if (canonical(next) !== canonical(set)) draft.plan.update.push(next);
  draft.old = draft.old.map(rs => (rs === set ? next : rs));
  if (draft.fresh === set) draft.fresh = next;
  return next;
}

/** Updates the current set's annotations and the Deployment's revision, or creates the set when `create`. */
function updateCurrentSet(draft: Draft, create: boolean): void {
  const { d, plan, old, facts } = draft;
  if (draft.fresh) {
    const revision = Math.max(nextRevision(old), revisionOf(draft.fresh));
    const annotations = newSetAnnotations(d, draft.fresh, revision);
    const spec = { ...draft.fresh.spec };
    if ((spec.minReadySeconds ?? 0) !== (d.spec.minReadySeconds ?? 0))
      spec.minReadySeconds = d.spec.minReadySeconds ?? 0;
    const next: ReplicaSet = { ...draft.fresh, metadata: { ...draft.fresh.metadata, annotations }, spec };
    if (canonical(next) !== canonical(draft.fresh)) plan.update.push(next);
    draft.fresh = next;
    plan.revision = annotations[REVISION];
    if (deadlineOf(d) !== undefined && !conditionOf(d.status?.conditions, 'Progressing')) {
      recordCondition(draft, 'FoundNewReplicaSet', `Found new replica set "${next.metadata.name}"`);
    }
    return;
  }
  if (!create) return;
  const set = buildSet(d, old);
  set.metadata.creationTimestamp = facts.at;
  plan.create = set;
  draft.fresh = set;
  plan.revision = set.metadata.annotations?.[REVISION];
  if (specReplicas(set) > 0) {
    const message = `Scaled up replica set ${set.metadata.name} from 0 to ${specReplicas(set)}`;
    plan.notes.push({ about: d, type: 'Normal', reason: 'ScalingReplicaSet', message });
  }
  if (deadlineOf(d) !== undefined) {
    recordCondition(draft, 'NewReplicaSetCreated', `Created new replica set "${set.metadata.name}"`);
  }
}

function recordCondition(draft: Draft, reason: string, message: string): void {
  const condition = deploymentCondition('Progressing', 'True', reason, message, draft.facts.at);
  const conditions = withCondition(draft.d.status?.conditions, condition);
  draft.d = { ...draft.d, status: { ...draft.d.status, conditions } };
}

function scaleAll(draft: Draft): void {
  updateCurrentSet(draft, false);
  const { d, fresh, old } = draft;
  const only = onlyActive(fresh, old);
  if (only) {
    if (specReplicas(only) !== wanted(d)) resize(draft, { set: only, to: wanted(d) });
    return;
  }
  if (isSaturated(d, fresh)) {
    for (const set of old.filter(rs => specReplicas(rs) > 0)) resize(draft, { set, to: 0 });
    return;
  }
  if (isRolling(d)) for (const change of proportional(d, fresh ? [...old, fresh] : old)) resize(draft, change);
}

function rollForward(draft: Draft): void {
  updateCurrentSet(draft, true);
  const { d, fresh, old } = draft;
  if (!fresh || draft.plan.create) return;
  if (specReplicas(fresh) !== wanted(d)) {
    const to = specReplicas(fresh) > wanted(d) ? wanted(d) : newSetSize(d, [...old, fresh], specReplicas(fresh));
    if (to !== specReplicas(fresh)) {
      resize(draft, { set: fresh, to });
      return;
    }
  }
  for (const change of shrinkOld(d, old, fresh)) resize(draft, change);
}

function recreate(draft: Draft): void {
  updateCurrentSet(draft, false);
  const active = draft.old.filter(rs => specReplicas(rs) > 0);
  for (const set of active) resize(draft, { set, to: 0 });
  if (active.length > 0 || draft.facts.oldPodsRun) return;
  if (!draft.fresh) updateCurrentSet(draft, true);
  const { fresh, d } = draft;
  if (fresh && !draft.plan.create && specReplicas(fresh) !== wanted(d)) resize(draft, { set: fresh, to: wanted(d) });
}

/** Old empty sets beyond the history limit, lowest revision first. */
function beyondHistory(draft: Draft): ReplicaSet[] {
  const limit = draft.d.spec.revisionHistoryLimit ?? 10;
  const alive = draft.old.filter(rs => !rs.metadata.deletionTimestamp).sort((a, b) => revisionOf(a) - revisionOf(b));
  const surplus = alive.slice(0, Math.max(0, alive.length - limit));
  return surplus.filter(rs => specReplicas(rs) === 0 && (rs.status?.replicas ?? 0) === 0);
}

/** Records pausing and resuming in the Progressing condition, so that a paused rollout does not exceed its deadline. */
function withPause(d: Deployment, at: string): Deployment {
  const current = conditionOf(d.status?.conditions, 'Progressing');
  if (deadlineOf(d) === undefined || current?.reason === 'ProgressDeadlineExceeded') return d;
  const recorded = current?.reason === 'DeploymentPaused';
  if (Boolean(d.spec.paused) === recorded) return d;
  const condition = d.spec.paused
    ? deploymentCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', at)
    : deploymentCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', at);
  return { ...d, status: { ...d.status, conditions: withCondition(d.status?.conditions, condition) } };
}

/**
 * One reconciliation of a Deployment, decided from objects alone: what syncDeployment of kubernetes v1.36 does for
 * rolling and recreate rollouts, scaling, pausing and clean-up.
 */
export function planDeployment(deployment: Deployment, facts: DeploymentFacts): DeploymentPlan {
  const d = deployment.metadata.deletionTimestamp ? deployment : withPause(deployment, facts.at);
  const fresh = currentSet(d, facts.sets);
  const plan: DeploymentPlan = {
    update: [],
    remove: [],
    status: {},
    revision: undefined,
    notes: [],
    checkInMs: undefined,
  };
  const draft: Draft = { d, facts, fresh, old: facts.sets.filter(rs => rs !== fresh), plan };
  const everySet = () => (draft.fresh ? [...draft.old, draft.fresh] : draft.old);
  if (d.metadata.deletionTimestamp) {
    plan.status = countedStatus(draft.d, everySet(), draft.fresh, facts.at);
    return plan;
  }
  if (d.spec.paused || isScaling(d, facts.sets)) {
    scaleAll(draft);
    if (d.spec.paused) plan.remove = beyondHistory(draft);
    plan.status = countedStatus(draft.d, everySet(), draft.fresh, facts.at);
    return plan;
  }
  if (isRolling(d)) rollForward(draft);
  else recreate(draft);
  if (isComplete(d, d.status ?? {})) plan.remove = beyondHistory(draft);
  plan.status = rolloutStatus(draft.d, everySet(), draft.fresh, facts.nowMs, facts.at);
  plan.checkInMs = progressCheckIn(d, plan.status, facts.nowMs);
  return plan;
}
