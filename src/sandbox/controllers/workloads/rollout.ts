import type { Deployment, IntOrString, ReplicaSet } from '../kinds.ts';

/**
 * Rollout arithmetic of the Deployment controller (kubernetes v1.36 pkg/controller/deployment: ResolveFenceposts,
 * NewRSNewReplicas, reconcileOldReplicaSets, scale). Numbers are replica counts.
 */

export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';

/** "25%" of 3, rounded up or down, or the plain number. */
export function scaled(value: IntOrString | undefined, of: number, up: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) return Number.parseInt(value, 10) || 0;
  const share = (Number.parseInt(value, 10) * of) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

/** How many replicas a Deployment wants; the API default is 1. */
export const wanted = (d: Deployment): number => d.spec.replicas ?? 1;
/** The replicas of a ReplicaSet by its spec; 1 is the default of the API. */
export const specReplicas = (rs: ReplicaSet): number => rs.spec.replicas ?? 1;
const available = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0;
export const isRolling = (d: Deployment): boolean => (d.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** The replicas of several ReplicaSets together, by their specs. */
export const totalSpecReplicas = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((n, rs) => n + specReplicas(rs), 0);
export const availableOfAll = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + available(rs), 0);

/** The numbers of surge and unavailable pods that a rolling update allows. When rounding makes both 0, one pod may be unavailable. */
export function rollingLimits(d: Deployment): { surge: number; unavailable: number } {
  if (!isRolling(d)) return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = d.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, wanted(d), true);
  const unavailable = scaled(maxUnavailable, wanted(d), false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export const maxSurge = (d: Deployment): number => rollingLimits(d).surge;
export const maxUnavailable = (d: Deployment): number =>
  wanted(d) === 0 ? 0 : Math.min(rollingLimits(d).unavailable, wanted(d));

/** The size the new ReplicaSet may take now, given all sets that exist (the new one included when it does). */
export function newSetSize(d: Deployment, all: readonly ReplicaSet[], current: number): number {
  if (!isRolling(d)) return wanted(d);
  const ceiling = wanted(d) + scaled(d.spec.strategy?.rollingUpdate?.maxSurge ?? '25%', wanted(d), true);
  const total = totalSpecReplicas(all);
  if (total >= ceiling) return current;
  return current + Math.min(ceiling - total, wanted(d) - current);
}

/** A ReplicaSet and its new number of replicas. */
export interface Resize {
  set: ReplicaSet;
  to: number;
}

const byAge = (a: ReplicaSet, b: ReplicaSet) =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name);

/**
 * How far the old sets may shrink now: first their unavailable pods, which harms nothing, then as much as keeps
 * `wanted - maxUnavailable` pods available. None while pods of the new set are unavailable and no slack is left.
 */
export function shrinkOld(d: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet): Resize[] {
  const active = old.filter(rs => specReplicas(rs) > 0).sort(byAge);
  const floor = wanted(d) - maxUnavailable(d);
  const slack = totalSpecReplicas([...active, fresh]) - floor - (specReplicas(fresh) - available(fresh));
  if (active.length === 0 || slack <= 0) return [];
  const sizes = new Map(active.map(rs => [rs, specReplicas(rs)]));
  let unhealthyBudget = slack;
  for (const rs of active) {
    const cut = Math.max(0, Math.min(unhealthyBudget, specReplicas(rs) - available(rs)));
    sizes.set(rs, specReplicas(rs) - cut);
    unhealthyBudget -= cut;
  }
  let healthyBudget = Math.max(0, availableOfAll([...active, fresh]) - floor);
  for (const rs of active) {
    const cut = Math.min(healthyBudget, sizes.get(rs) ?? 0);
    sizes.set(rs, (sizes.get(rs) ?? 0) - cut);
    healthyBudget -= cut;
  }
  return active.map(set => ({ set, to: sizes.get(set) ?? 0 })).filter(({ set, to }) => to !== specReplicas(set));
}

function annotatedNumber(rs: ReplicaSet, key: string): number | undefined {
  const text = rs.metadata.annotations?.[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether `spec.replicas` changed since the sets were last sized: a scaling event, not a rollout step. */
export function isScaling(d: Deployment, all: readonly ReplicaSet[]): boolean {
  return all.some(rs => {
    const desired = annotatedNumber(rs, DESIRED);
    return specReplicas(rs) > 0 && desired !== undefined && desired !== wanted(d);
  });
}

/** Whether the new set alone has all wanted pods, all available. */
export function isSaturated(d: Deployment, fresh: ReplicaSet | undefined): boolean {
  if (!fresh) return false;
  return (
    specReplicas(fresh) === wanted(d) && annotatedNumber(fresh, DESIRED) === wanted(d) && available(fresh) === wanted(d)
  );
}

function share(d: Deployment, rs: ReplicaSet): number {
  if (wanted(d) === 0) return -specReplicas(rs);
  const before = annotatedNumber(rs, MAXIMUM) || (d.status?.replicas ?? 0);
  if (before === 0) return 0;
  const size = (specReplicas(rs) * (wanted(d) + maxSurge(d))) / before;
  return Math.round(size) - specReplicas(rs);
}

/** Sizes of all active sets after a scaling event in the middle of a rollout: in proportion, leftovers to the largest. */
export function proportional(d: Deployment, sets: readonly ReplicaSet[]): Resize[] {
  const active = sets.filter(rs => specReplicas(rs) > 0);
  const ceiling = wanted(d) > 0 ? wanted(d) + maxSurge(d) : 0;
  const toAdd = ceiling - totalSpecReplicas(active);
  const newerFirst = toAdd > 0 ? -1 : 1;
  const ordered = [...active].sort((a, b) => specReplicas(b) - specReplicas(a) || newerFirst * byAge(a, b));
  let added = 0;
  const sizes = ordered.map(set => {
    const room = toAdd - added;
    const part = room === 0 ? 0 : toAdd > 0 ? Math.min(share(d, set), room) : Math.max(share(d, set), room);
    added += part;
    return { set, to: specReplicas(set) + part };
  });
  const largest = sizes[0];
  if (largest && toAdd !== 0) largest.to = Math.max(0, largest.to + toAdd - added);
  return sizes;
}

/** The one set to give the whole size to: the only active one, or with none active the newest; none when several are. */
export function onlyActive(fresh: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const all = fresh ? [...old, fresh] : [...old];
  const active = all.filter(rs => specReplicas(rs) > 0);
  if (active.length > 1) return undefined;
  return active[0] ?? fresh ?? [...old].sort(byAge).at(-1);
}
