import type { Since } from '../../health/trouble.ts';
import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import type { ViewKind } from '../../health/view/kinds.ts';
import { type Condition, condition, sinceCondition } from './fields.ts';

/** The condition of this type, if it has this status. */
export function conditionIs(object: ViewObject, type: string, status: string): Condition | undefined {
  const found = condition(object, type);
  return found?.status === status ? found : undefined;
}

/** An object, one of its conditions, and since when it has had that condition. */
export interface Lasting {
  object: ViewObject;
  found: Condition;
  since: Since;
}

/**
 * The objects of these kinds for which `find` gives a condition that has lasted for `forMs` or longer. Objects that are being deleted are
 * left out: their controllers no longer work on them.
 */
export function* lastingConditions(
  { view, now }: { view: ClusterView; now: number },
  kinds: readonly ViewKind[],
  find: (object: ViewObject) => Condition | undefined,
  forMs: number,
): Iterable<Lasting> {
  for (const object of view.all(...kinds)) {
    const found = find(object);
    if (found === undefined || object.metadata.deletionTimestamp !== undefined) continue;
    const since = sinceCondition(found, object);
    if (now - since.at >= forMs) yield { object, found, since };
  }
}
