import { expect, it } from 'vitest';
import { dependantsOf } from '../../src/knowledge/dependants.ts';
import type { Component, Knowledge, ManagedResource } from '../../src/knowledge/document.ts';

const deployment = (name: string, namespace?: string): ManagedResource => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name,
  ...(namespace && { namespace }),
});
const component = (name: string, dependencies: string[], managedResources: ManagedResource[]): Component => ({
  name,
  controller: 'X',
  managedResources,
  dependencies,
  webhooks: [],
  finalizers: [],
});
const model = (name: string, ...components: Component[]): Knowledge => ({
  operator: { name, namespace: `${name}-system` },
  components,
  path: `${name}.yaml`,
});
const MODELS = [
  model(
    'kserve',
    component('controller', [], [deployment('kserve')]),
    component('router', ['controller'], [deployment('router', 'edge')]),
  ),
  model(
    'models',
    component('models', ['kserve'], [deployment('models'), { apiVersion: 'v1', kind: 'Service', name: 'models' }]),
  ),
  model('trust', component('trust', ['controller'], [deployment('trust')])),
  model('other', component('controller', [], []), component('own', ['controller'], [deployment('own')])),
];

it('names components of the same operator, of those that name the operator, and of those that name a component which they do not have', () => {
  const found = dependantsOf(MODELS, 'kserve', 'controller');
  expect(found.map(({ operator, component }) => `${operator}/${component}`)).toEqual([
    'kserve/router',
    'models/models',
    'trust/trust',
  ]);
  expect(found.flatMap(({ deployments }) => deployments.map(({ namespace, name }) => `${namespace}/${name}`))).toEqual([
    'edge/router',
    'models-system/models',
    'trust-system/trust',
  ]);
});

it('never names the target itself', () => {
  expect(dependantsOf([model('a', component('b', ['b', 'a'], []))], 'a', 'b')).toEqual([]);
});
