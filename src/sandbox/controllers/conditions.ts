import type { Condition } from './kinds.ts';

/** The condition of that type, if there. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(c => c.type === type);
}

/** The list without the condition of that type. */
export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter(c => c.type !== type);
}

/**
 * Sets a workload condition as the workload controllers do: nothing changes while status and reason stay; the
 * transition time is kept while the status stays; a changed condition moves to the end of the list.
 */
export function withCondition(conditions: readonly Condition[] | undefined, next: Condition): Condition[] {
  const current = conditionOf(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return [...(conditions ?? [])];
  const kept = current?.status === next.status ? current.lastTransitionTime : undefined;
  return [...withoutCondition(conditions, next.type), kept ? { ...next, lastTransitionTime: kept } : next];
}

/** Sets a condition in place (the list keeps its order), as status patches of pods, nodes and namespaces do. */
export function replaceCondition(conditions: readonly Condition[] | undefined, next: Condition): Condition[] {
  const current = conditionOf(conditions, next.type);
  if (!current) return [...(conditions ?? []), next];
  const kept = current.status === next.status ? current.lastTransitionTime : undefined;
  return (conditions ?? []).map(c =>
    c.type === next.type ? (kept ? { ...next, lastTransitionTime: kept } : next) : c,
  );
}
