import { nameOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { pooled } from '../kube/client/pooled.ts';
import type { Discovery } from '../kube/discovery/discovery.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import { type Knowledge, type ManagedResource, managedRef } from './document.ts';
import { differencesOf, healthOf } from './resource-health.ts';

/**
 * `there`: it exists, and its kind has no health status. `different`: it is not as the model says. `blind`: it could
 * not be read.
 */
export type ResourceState = 'healthy' | 'there' | 'unhealthy' | 'different' | 'missing' | 'blind';

interface ResourceLook {
  object: Clean;
  state: ResourceState;
  says: Clean;
}

export interface ComponentLook {
  operator: Clean;
  component: Clean;
  path: Clean;
  resources: ResourceLook[];
}

const READS_AT_ONCE = 16;

/** Reads every object that the models list for their operators. An object that cannot be read is blind. */
export async function lookAtManaged(
  api: Api,
  discovery: Discovery,
  models: readonly Knowledge[],
): Promise<ComponentLook[]> {
  const components = models.flatMap(model => model.components.map(component => ({ model, component })));
  const due = components.flatMap(({ model, component }) =>
    component.managedResources.map(resource => ({ component, resource, model })),
  );
  const looks = await pooled(due, READS_AT_ONCE, async ({ component, resource, model }) => ({
    component,
    look: await lookAt(api, discovery, resource, model),
  }));
  return components.map(({ model, component }) => ({
    operator: sanitise(model.operator.name, 256),
    component: sanitise(component.name, 256),
    path: sanitise(model.path, 300),
    resources: looks.filter(one => one.component === component).map(({ look }) => look),
  }));
}

async function lookAt(
  api: Api,
  discovery: Discovery,
  resource: ManagedResource,
  model: Knowledge,
): Promise<ResourceLook> {
  const { apiVersion, kind } = resource;
  const served = discovery.byKind(apiVersion, kind);
  const ref = managedRef(resource, model, served?.namespaced === false);
  const look = (state: ResourceState, says: string): ResourceLook => ({
    object: sanitise(nameOf(ref), 600),
    state,
    says: sanitise(says),
  });
  if (served === undefined) {
    const blind = discovery.blind.find(({ group }) => group === '*' || group === apiVersion);
    return blind ? look('blind', blind.reason) : look('missing', `the cluster does not serve ${apiVersion} ${kind}`);
  }
  const read = await api.get(ref);
  if (!read.ok) return read.reason === 'not-found' ? look('missing', '') : look('blind', read.message);
  const object = { ...read.value, apiVersion, kind };
  const health = healthOf(object);
  if (health.state === 'unhealthy') return look('unhealthy', health.says);
  const differences = differencesOf(resource, object);
  return differences.length > 0 ? look('different', differences.join('; ')) : look(health.state, health.says);
}
