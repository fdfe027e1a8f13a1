import type { ViewObject } from '../../health/view/cluster-view.ts';
import type { Cause } from './finding.ts';

/** A cause for `because`, from an object of the view or from its name; `rule` narrows it to a rule or an area. */
export function causeOf(of: ViewObject | { kind: string; namespace?: string; name: string }, rule?: string): Cause {
  const { namespace, name } = 'metadata' in of ? of.metadata : of;
  return {
    kind: of.kind,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(rule !== undefined && { rule }),
  };
}
