import { expect, it } from 'vitest';
import { twoWriters } from '../../../../src/triage/rules/workloads/two-writers.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const web = (generation: number, minutes: number): Literal => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation, creationTimestamp: ago(minutes) },
  spec: { replicas: 2 },
  status: {},
});
const written = (...by: [string, number, string?][]): Literal => ({
  ...web(1, 1),
  metadata: {
    ...web(1, 1).metadata,
    managedFields: by.map(([manager, minutes, subresource]) => ({
      manager,
      operation: 'Update',
      time: ago(minutes),
      ...(subresource && { subresource }),
    })),
  },
});
const revisions = (count: number): Literal[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${i}`,
      namespace: 'shop',
      creationTimestamp: ago(i + 1),
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
    },
    spec: {},
    status: {},
  }));

it('names two writers of a workload whose generation rises all the time', () => {
  const readable = [written(['argocd-controller', 1], ['tuner', 2])];
  const [found] = findings(twoWriters, [web(240, 60)], { readable });
  expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
  expect(found?.summary).toContain('argocd-controller and tuner');
});

it('and of an old workload that gets one revision after the other', () => {
  const readable = [written(['argocd-controller', 1], ['tuner', 2])];
  expect(findings(twoWriters, [web(300, 60 * 24 * 90), ...revisions(6)], { readable })).toHaveLength(1);
});

it('says nothing of one writer who changes much, of writers of the status, of what was long ago, and does not ask where nothing runs', () => {
  expect(findings(twoWriters, [web(240, 60)], { readable: [written(['ci', 1])] })).toEqual([]);
  expect(
    findings(twoWriters, [web(240, 60)], {
      readable: [written(['ci', 1], ['kube-controller-manager', 1], ['op', 1, 'status'])],
    }),
  ).toEqual([]);
  expect(findings(twoWriters, [web(240, 60)], { readable: [written(['ci', 1], ['tuner', 90])] })).toEqual([]);
  expect(
    findings(twoWriters, [web(300, 60 * 24 * 90), ...revisions(2)], { readable: [written(['a', 1], ['b', 1])] }),
  ).toEqual([]);
});
