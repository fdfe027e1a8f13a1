import { type Fields, fields, list, time } from '../../k8s/fields.ts';
import type { ManagedField } from '../../k8s/object.ts';
import type { Since } from '../trouble.ts';
import type { ViewObject } from './cluster-view.ts';

const exactly = (at: number): Since => ({ at, exact: true });
/** At least since `at`; the real beginning is not known. */
const atLeast = (at: number): Since => ({ at, exact: false });

/** Since when an object exists. */
function sinceOfCreation({ metadata }: ViewObject): Since | undefined {
  const at = time(metadata.creationTimestamp);
  return at === undefined ? undefined : exactly(at);
}

/**
 * When an object's deletion was requested; undefined when it was not. The deletion timestamp is the end of the grace
 * period.
 */
export function sinceOfDeletion({ metadata }: ViewObject): Since | undefined {
  const ends = time(metadata.deletionTimestamp);
  return ends === undefined ? undefined : exactly(ends - (metadata.deletionGracePeriodSeconds ?? 0) * 1000);
}

/**
 * Since when a condition has its present status. For a condition without a transition time: at least since the newest
 * time that the object itself has.
 */
export function sinceOfCondition(object: ViewObject, type: string): Since | undefined {
  const condition = list(object.status.conditions).find(one => one.type === type);
  if (condition === undefined) return undefined;
  const at = time(condition.lastTransitionTime);
  if (at !== undefined) return exactly(at);
  const seen = time(condition.lastUpdateTime) ?? time(condition.lastProbeTime) ?? time(condition.lastHeartbeatTime);
  return seen === undefined ? undefined : atLeast(seen);
}

/**
 * Since when a container is in its present state. One that waits after it ended has waited since then. Earlier ends
 * are only counted, so a crash loop has lasted at least since its last end.
 */
export function sinceOfContainer(status: Fields, pod: ViewObject): Since | undefined {
  const { waiting, running, terminated } = fields(status.state);
  const restarts = typeof status.restartCount === 'number' ? status.restartCount : 0;
  if (running !== undefined) return dated(time(fields(running).startedAt), true);
  if (terminated !== undefined) return dated(time(fields(terminated).finishedAt), restarts === 0);
  if (waiting === undefined) return undefined;
  const ended = fields(fields(status.lastState).terminated);
  const last = time(ended.finishedAt);
  if (last !== undefined) return dated(time(ended.startedAt) ?? last, restarts <= 1);
  return dated(time(pod.status.startTime) ?? time(pod.metadata.creationTimestamp), restarts === 0);
}

/** Since when a pod is not ready: by its condition, otherwise since its creation. */
export const sinceNotReady = (pod: ViewObject): Since | undefined =>
  sinceOfDeletion(pod) ?? sinceOfCondition(pod, 'Ready') ?? sinceOfCreation(pod);

/**
 * The last change of a service's endpoints. They are as they are at least since then; whether they were so before is
 * not known.
 */
export function sinceOfEndpoints(slices: readonly ViewObject[]): Since | undefined {
  const times = slices.flatMap(
    ({ metadata }) => time(metadata.annotations['endpoints.kubernetes.io/last-change-trigger-time']) ?? [],
  );
  return times.length === 0 ? undefined : atLeast(Math.max(...times));
}

/**
 * Since when a field (`['spec', 'selector']`) has its value, from `managedFields`: its owner's last write, and the
 * field may have been set earlier. Undefined when nobody owns it.
 */
export function sinceOfField(managed: readonly ManagedField[], path: readonly string[]): Since | undefined {
  const owners = managed.filter(({ fieldsV1 }) => owns(fields(fieldsV1), path));
  const times = owners.flatMap(owner => time(owner.time) ?? []);
  return times.length === 0 ? undefined : atLeast(Math.max(...times));
}

const owns = (owned: Fields, path: readonly string[]): boolean => {
  let at: unknown = owned;
  for (const part of path) at = fields(at)[`f:${part}`];
  return at !== undefined;
};

/** The earliest of these; undefined when there is none. Of two with the same time the exact one. */
export function earliest(...all: readonly (Since | undefined)[]): Since | undefined {
  return all.reduce((a, b) => {
    if (a === undefined || b === undefined) return a ?? b;
    return b.at < a.at || (b.at === a.at && b.exact) ? b : a;
  }, undefined);
}

const dated = (at: number | undefined, isExact: boolean): Since | undefined =>
  at === undefined ? undefined : { at, exact: isExact };
