import { expect, test } from 'vitest';
import { grantsFor } from '../../src/submit/need.ts';

const settings = { group: '', resource: 'configmaps', namespace: 'shop', name: 'settings' };

test('what is needed of one object is given for that object alone, in its namespace', () => {
  expect(
    grantsFor([
      { verb: 'patch', ...settings },
      { verb: 'get', ...settings },
    ]),
  ).toEqual([
    {
      namespace: 'shop',
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get', 'patch'] }],
    },
  ]);
});

test('a creation has no name: the server would refuse every one under a rule with names', () => {
  const [grant] = grantsFor([
    { verb: 'create', ...settings },
    { verb: 'delete', ...settings },
  ]);
  expect(grant?.rules).toEqual([
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['delete'] },
  ]);
});

test('what may be done to every object is not listed by name beside that, and other verbs stay by name', () => {
  const pods = { group: '', resource: 'pods', namespace: 'shop' };
  const [grant] = grantsFor([
    { verb: 'get', ...pods },
    { verb: 'get', ...pods, name: 'a' },
    { verb: 'delete', ...pods, name: 'a' },
  ]);
  expect(grant?.rules).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], resourceNames: ['a'], verbs: ['delete'] },
  ]);
});

test('objects that need the same are one rule; another namespace, and none, are grants of their own', () => {
  const grants = grantsFor([
    { verb: 'get', ...settings, name: 'b' },
    { verb: 'get', ...settings, name: 'a' },
    { verb: 'get', group: '', resource: 'nodes' },
    {
      verb: 'update',
      group: 'apps',
      resource: 'deployments',
      subresource: 'finalizers',
      namespace: 'other',
      name: 'web',
    },
  ]);
  expect(grants).toEqual([
    {
      namespace: 'other',
      rules: [
        { apiGroups: ['apps'], resources: ['deployments/finalizers'], resourceNames: ['web'], verbs: ['update'] },
      ],
    },
    {
      namespace: 'shop',
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['get'] }],
    },
    { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
  ]);
});
