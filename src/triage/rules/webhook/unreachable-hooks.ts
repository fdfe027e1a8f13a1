import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { claimOf } from '../../facts/claims.ts';
import type { RouteFailure } from '../../facts/service-route.ts';
import { type Hook, hooksOf, routeOf } from './hooks.ts';
import { type Scope, scopeOf } from './scope.ts';

/** A webhook that the API server cannot reach. */
export interface UnreachableHook {
  hook: Hook;
  why: RouteFailure;
  certain: boolean;
  evidence: string;
  scope: Scope;
}

/** The webhooks of a configuration that cannot be reached for one reason. */
export interface UnreachableHooks {
  configuration: ViewObject;
  why: RouteFailure;
  hooks: readonly UnreachableHook[];
}

/** All webhooks whose Service cannot be reached, grouped by configuration, reason and Service. */
export function unreachableHooks(view: ClusterView): UnreachableHooks[] {
  const groups = new Map<string, UnreachableHooks & { hooks: UnreachableHook[] }>();
  for (const hook of hooksOf(view)) {
    const route = routeOf(view, hook);
    if (route === undefined || route.is === 'usable') continue;
    // The API server resolves the host of a URL by DNS, so the routing of headless Services does not apply.
    if (hook.url !== undefined && !route.certain) continue;
    const { namespace = '', name = '' } = hook.service ?? {};
    const key = `${hook.configuration.metadata.uid} ${route.failure} ${namespace}/${name}`;
    const group = groups.get(key) ?? { configuration: hook.configuration, why: route.failure, hooks: [] };
    group.hooks.push({
      hook,
      why: route.failure,
      certain: route.certain,
      evidence: route.evidence,
      scope: scopeOf(view, hook),
    });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The webhooks that block requests now. */
export const blockingOf = ({ hooks }: UnreachableHooks): UnreachableHook[] =>
  hooks.filter(({ hook, scope }) => hook.blocking && scope.matchesAnything);

/** Whether a configuration is a leftover of something that is no longer installed. */
export type Staleness = 'certain' | 'probable' | 'not stale';

/**
 * Certain: the Service or its namespace is gone and nothing manages the configuration. Probable: the Service exists,
 * but no workload could be behind it. Not stale: somebody manages it, or a workload exists that should serve it.
 */
export function stalenessOf(
  view: ClusterView,
  { configuration, why, hooks }: UnreachableHooks,
  workloads: readonly ViewObject[],
): Staleness {
  if (workloads.length > 0 || claimOf(view, configuration) !== undefined) return 'not stale';
  if (why === 'no service' || why === 'namespace missing') return mayServe(view, hooks) ? 'not stale' : 'certain';
  return why === 'no endpoints' ? 'probable' : 'not stale';
}

/** Whether a workload in the namespace could serve the webhook, by a name like the Service's. */
function mayServe(view: ClusterView, hooks: readonly UnreachableHook[]): boolean {
  const { namespace, name } = hooks[0]?.hook.service ?? { namespace: '', name: '' };
  const stem = stemOf(name);
  return (['Deployment', 'StatefulSet', 'DaemonSet'] as const).some(kind =>
    view.inNamespace(kind, namespace).some(({ metadata }) => stemOf(metadata.name) === stem),
  );
}

/** `kserve-webhook-server-service` and `kserve-webhook` have the same stem. */
const stemOf = (name: string): string =>
  name.replace(/-(service|svc|server|webhook|controller|manager|admission)(?=-|$)/g, '');
