import { expect, it } from 'vitest';
import type { ApiResource } from '../../../src/kube/discovery/discovery.ts';
import { resourcesNamed } from '../../../src/kube/discovery/named-resources.ts';

const served = (group: string, kind: string, resource: string, ...shortNames: string[]): ApiResource => ({
  group,
  version: 'v1',
  apiVersion: group === '' ? 'v1' : `${group}/v1`,
  kind,
  resource,
  singular: kind.toLowerCase(),
  namespaced: true,
  verbs: ['list'],
  shortNames,
  subresources: [],
});
const resources = [
  served('serving.knative.dev', 'Service', 'services', 'ksvc'),
  served('', 'Service', 'services', 'svc'),
  served('apps', 'Deployment', 'deployments', 'deploy'),
];
const called = (word: string) => resourcesNamed({ resources }, word).map(({ group, kind }) => `${group}/${kind}`);

it('finds a kind by every name that kubectl takes, the core group first', () => {
  for (const word of ['deploy', 'deployment', 'deployments', 'Deployment', 'deployments.apps'])
    expect(called(word)).toEqual(['apps/Deployment']);
  expect(called('service')).toEqual(['/Service', 'serving.knative.dev/Service']);
  expect(called('services.serving.knative.dev')).toEqual(['serving.knative.dev/Service']);
  expect(called('ksvc')).toEqual(['serving.knative.dev/Service']);
  expect(called('nothing')).toEqual([]);
});
