import { expect, test } from 'vitest';
import { findObject } from '../../../src/triage/facts/find-object.ts';
import { related } from '../../../src/triage/facts/related.ts';
import { type Literal, viewOf } from '../../support/view.ts';

const labels = { app: 'web' };
const objects: Literal[] = [
  { kind: 'Deployment', metadata: { namespace: 'shop', name: 'web' }, spec: {} },
  {
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'shop',
      name: 'web-1',
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
    },
  },
  {
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name: 'web-1-a',
      labels,
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', controller: true }],
    },
    spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] },
  },
  { kind: 'Pod', metadata: { namespace: 'shop', name: 'other', labels: { app: 'other' } }, spec: {} },
  { kind: 'PersistentVolumeClaim', metadata: { namespace: 'shop', name: 'data' } },
  { kind: 'Service', metadata: { namespace: 'shop', name: 'web' }, spec: { selector: labels } },
  { kind: 'Service', metadata: { namespace: 'shop', name: 'bare' }, spec: {} },
  {
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
  },
  {
    kind: 'Ingress',
    metadata: { namespace: 'shop', name: 'front' },
    spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] },
  },
  { kind: 'Node', metadata: { name: 'n1' } },
];
const view = viewOf(objects);
const found = (asked: string, namespace = 'shop') => {
  const sought = findObject(view, asked, namespace);
  return 'found' in sought ? `${sought.found.kind} ${sought.found.metadata.name}` : sought.problem;
};

test.each(['deploy/web', 'Deployment/web', 'deployments/web', 'deployments.apps/web'])(
  '%s names a Deployment',
  asked => {
    expect(found(asked)).toBe('Deployment web');
  },
);

test('a cluster-wide object needs no namespace', () => {
  expect(found('no/n1', 'anywhere')).toBe('Node n1');
});

test('what is not there is answered with what is', () => {
  expect(found('deploy/wbe')).toBe('expected Deployment wbe in namespace shop, found none: did you mean web?');
  expect(found('deploy/web', 'default')).toBe(
    'expected Deployment web in namespace default, found it in shop: add -n shop',
  );
  expect(found('deplyment/web')).toBe(
    'expected a kind that triage follows, such as deploy, pod or svc, found deplyment; did you mean deployment?',
  );
  expect(found('web')).toBe('expected an object as TYPE/NAME, such as deploy/web, found web');
});

test('an object of a kind that may not be read is not said to be missing', () => {
  const sought = findObject(viewOf(objects, { blind: { Deployment: 'forbidden' } }), 'deploy/web', 'shop');
  expect(sought).toEqual({
    problem: 'expected to read Deployment objects, found: forbidden; whether web exists is not known',
    isBlind: true,
  });
});

const AROUND_WEB = [
  'Deployment/web',
  'HorizontalPodAutoscaler/web',
  'Ingress/front',
  'PersistentVolumeClaim/data',
  'Pod/web-1-a',
  'ReplicaSet/web-1',
  'Service/web',
];

test.each([
  ['deploy/web', AROUND_WEB],
  ['svc/web', AROUND_WEB],
  ['svc/bare', ['Service/bare']],
  ['po/other', ['Pod/other']],
])('what %s stands or falls with', (asked, expected) => {
  const sought = findObject(view, asked, 'shop');
  if (!('found' in sought)) throw new Error(sought.problem);
  expect(
    related(view, sought.found)
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
      .sort(),
  ).toEqual(expected);
});
