import { describe, expect, test } from 'vitest';
import type { KubeObject, ManagedField } from '../../../src/k8s/object.ts';
import { changedPaths, firstHumanWrite, whoRestored, writerKind } from '../../../src/run/observe/attribution.ts';

const T0 = Date.parse('2026-11-21T12:00:00Z');
const at = (second: number): string => new Date(T0 + second * 1_000).toISOString();
const object = (mode: string, managedFields: ManagedField[], uid = 'u1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', uid, resourceVersion: mode, managedFields },
  data: { mode, other: 'x' },
});
const owns = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map(key => [`f:${key}`, {}])) });

describe('who restored it', () => {
  const injected = object('chaos', [{ manager: 'mayday', time: at(0), fieldsV1: owns('mode') }]);

  test('is the manager that owns the field which changed, not the latest writer of anything', () => {
    const now = object('live', [
      { manager: 'shop-operator', time: at(4), fieldsV1: owns('mode') },
      { manager: 'kubectl-annotate', time: at(9), fieldsV1: { 'f:metadata': { 'f:annotations': {} } } },
    ]);
    expect(whoRestored(injected, now, T0)).toBe('shop-operator');
  });

  test('is the maker, where it is another object of the same name', () => {
    const now = object('live', [{ manager: 'argocd-controller', time: at(4), fieldsV1: owns('mode', 'other') }], 'u2');
    expect(whoRestored(injected, now, T0)).toBe('argocd-controller');
  });

  test('is not told from entries older than the injection, status writers or nothing at all', () => {
    expect(
      whoRestored(injected, object('live', [{ manager: 'helm', time: at(-60), fieldsV1: owns('mode') }]), T0),
    ).toBe('unknown');
    expect(
      whoRestored(
        injected,
        object('live', [{ manager: 'x', subresource: 'status', time: at(4), fieldsV1: owns('mode') }]),
        T0,
      ),
    ).toBe('unknown');
    expect(whoRestored(injected, object('live', []), T0)).toBe('unknown');
  });
});

test('what changed is told down to the first list, system metadata and status aside', () => {
  const before = {
    metadata: { resourceVersion: '1', labels: { a: '1' } },
    spec: { list: [1], deep: { a: 1 } },
    status: { x: 1 },
  };
  const after = {
    metadata: { resourceVersion: '2', labels: { a: '2' } },
    spec: { list: [2], deep: { a: 1, b: 2 } },
    status: { x: 2 },
  };
  expect(changedPaths(before, after)).toEqual([
    ['metadata', 'labels', 'a'],
    ['spec', 'list'],
    ['spec', 'deep', 'b'],
  ]);
});

test.each([
  ['mayday', 'ours'],
  ['kube-controller-manager', 'controller'],
  ['argocd-application-controller', 'controller'],
  ['kubelet', 'node'],
  ['kubectl-edit', 'person'],
  ['carol', 'person'],
])('%s is %s', (manager, hand) => {
  expect(writerKind(manager)).toBe(hand);
});

test('the first human write is the earliest since the injection by neither a controller nor us', () => {
  const now = object('live', [
    { manager: 'kubectl', time: at(-9) },
    { manager: 'kube-controller-manager', time: at(1) },
    { manager: 'mayday', time: at(2) },
    { manager: 'kubectl-patch', time: at(7) },
    { manager: 'kubectl-edit', time: at(5) },
  ]);
  expect(firstHumanWrite([now], T0)).toBe(T0 + 5_000);
  expect(firstHumanWrite([object('live', [])], T0)).toBeUndefined();
});

test('a Lease that its holder renews is no person who stepped in', () => {
  const lease = { ...object('live', [{ manager: 'istiod', time: at(5) }]), kind: 'Lease' };
  expect(firstHumanWrite([lease], T0)).toBeUndefined();
});
