import type { Since } from '../../health/trouble.ts';
import type { ViewObject } from '../../health/view/cluster-view.ts';
import { type Fields, fields, list, text, time } from '../../k8s/fields.ts';

/** A condition in the form that most Kubernetes kinds use. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  /** `lastTransitionTime` in milliseconds, where the writer sets it. */
  since: number | undefined;
}

const conditionOf = (one: Fields): Condition => ({
  type: text(one.type),
  status: text(one.status),
  reason: text(one.reason),
  message: text(one.message),
  since: time(one.lastTransitionTime),
});

/** The conditions in an object's status. */
export const conditions = (object: ViewObject): Condition[] => list(object.status.conditions).map(conditionOf);

/** One condition by its type. Many rules call this for every pod, so it parses only this one. */
export function condition(object: ViewObject, type: string): Condition | undefined {
  const all = object.status.conditions;
  if (!Array.isArray(all)) return undefined;
  const found = all.find(one => fields(one).type === type);
  return found === undefined ? undefined : conditionOf(fields(found));
}

/** Quotes a condition for an evidence line: `status.conditions[Ready]: False KubeletNotReady "PLEG is not healthy"`. */
export const quoted = ({ type, status, reason, message }: Condition): string =>
  `status.conditions[${type}]: ${status}${reason && ` ${reason}`}${message && ` "${message}"`}`;

/** When an object was created, in milliseconds. */
export const created = (object: ViewObject): number => time(object.metadata.creationTimestamp) ?? 0;

/** The exact time if it is known; otherwise a time that it began at or before. */
export const sinceTime = (exact: number | undefined, atLeast: number): Since =>
  exact === undefined ? { at: atLeast, exact: false } : { at: exact, exact: true };

/** Since when a condition has had its status. A condition without lastTransitionTime may have had it since the object was created. */
export const sinceCondition = ({ since }: Pick<Condition, 'since'>, object: ViewObject): Since =>
  sinceTime(since, created(object));
