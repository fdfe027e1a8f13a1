import type { ClusterView } from '../../health/view/cluster-view.ts';

/**
 * Advice for users who may not list pods of the whole cluster, mostly because their rights are limited to a namespace. `asked` is
 * the namespace that they gave, `own` that of their context.
 */
export function narrowAdvice(
  view: Pick<ClusterView, 'sync'>,
  asked: string | undefined,
  own: string,
): string | undefined {
  const pods = view.sync('Pod');
  if (pods.state !== 'blind' || !/forbidden/i.test(pods.reason)) return undefined;
  if (asked !== undefined)
    return `you may list pods neither over the whole cluster nor in namespace ${asked}: give -n a namespace in which you may, or ask for the right to list there`;
  const example = own === '' || own === 'default' ? 'NAMESPACE' : own;
  return `you may not list pods over the whole cluster: where your rights end at one namespace, look at that alone, with -n ${example}`;
}
