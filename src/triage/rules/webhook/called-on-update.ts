import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { hooksOf } from './hooks.ts';
import { scopeOf } from './scope.ts';

/**
 * The configurations of fail-closed webhooks that the API server calls on updates of a kind. While one of them cannot
 * be called, no object of that kind can be changed, not even to remove a finalizer.
 */
export function calledOnUpdate(view: ClusterView, { group, plural }: { group: string; plural: string }): Cause[] {
  const resource = group === '' ? plural : `${plural}.${group}`;
  const found = [...hooksOf(view)].filter(hook => {
    if (!hook.blocking) return false;
    const { resources, operations } = scopeOf(view, hook);
    return resources.includes(resource) && operations.some(one => one === 'UPDATE' || one === '*');
  });
  return [...new Set(found.map(({ configuration }) => configuration))].map(({ kind, metadata }) =>
    causeOf({ kind, name: metadata.name }),
  );
}
