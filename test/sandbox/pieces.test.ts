import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/sandbox/clock.ts';
import { byPriority } from '../../src/sandbox/crd/definition.ts';
import { builtinResources } from '../../src/sandbox/discovery/builtin.ts';
import { aggregated } from '../../src/sandbox/discovery/documents.ts';
import { acceptedForm } from '../../src/sandbox/http/accept.ts';
import { resourcePath } from '../../src/sandbox/http/route.ts';
import { quantityText, quantityValue } from '../../src/sandbox/quantity.ts';
import { createRandom } from '../../src/sandbox/random.ts';
import recorded from '../../src/sandbox/recorded/discovery.json' with { type: 'json' };
import { createRegistry } from '../../src/sandbox/registry.ts';
import { satisfies } from '../../src/sandbox/selector.ts';
import { parseLabelSelector } from '../../src/sandbox/selector-text.ts';
import { shortDuration } from '../../src/sandbox/table/cells.ts';
import { jsonPath } from '../../src/sandbox/table/json-path.ts';

test('discovery is what was recorded', () => {
  const registry = createRegistry(builtinResources());
  const { core, groups } = recorded;
  const withFreshness = (list: readonly { versions: readonly object[] }[]) =>
    list.map(g => ({ ...g, versions: g.versions.map(v => ({ ...v, freshness: 'Current' })) }));
  expect(aggregated(registry, true, 'v2').items).toEqual(withFreshness(core));
  expect(aggregated(registry, false, 'v2').items).toEqual(withFreshness(groups));
});

test.each([
  ['/api/v1/pods', { group: '', version: 'v1', resource: 'pods', watch: false }],
  ['/api/v1/namespaces/a', { resource: 'namespaces', namespace: 'a', name: 'a' }],
  ['/api/v1/namespaces/a/status', { resource: 'namespaces', name: 'a', subresource: 'status' }],
  [
    '/apis/apps/v1/namespaces/a/deployments/d/scale',
    { group: 'apps', namespace: 'a', name: 'd', subresource: 'scale' },
  ],
  ['/api/v1/watch/namespaces/a/pods', { namespace: 'a', resource: 'pods', watch: true }],
  ['/api/v1/namespaces/a/pods/x%2Fy', { name: 'x/y' }],
])('the path %s', (path, parts) => {
  expect(resourcePath(path)).toMatchObject(parts);
});

test.each(['/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/healthz'])('%s names no resource', path => {
  expect(resourcePath(path)).toBeUndefined();
});

test.each([
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', { format: 'json', as: 'Table' }],
  ['application/vnd.kubernetes.protobuf,application/json', { format: 'json' }],
  ['*/*', { format: 'json' }],
  ['application/yaml', { format: 'yaml' }],
  [undefined, { format: 'json' }],
])('Accept: %s', (accept, form) => {
  expect(acceptedForm(accept, () => true)).toMatchObject(form);
});

test('protobuf alone is not acceptable', () => {
  expect(acceptedForm('application/vnd.kubernetes.protobuf', () => true)).toBeUndefined();
});

test.each([
  ['a=b', true],
  ['a==b,c', true],
  ['a!=b', false],
  ['a in (x,b)', true],
  ['a notin (b)', false],
  ['!z', true],
  ['z!=1', true],
  ['n>3', true],
  ['n<3', false],
  ['', true],
])('the selector "%s"', (text, meets) => {
  expect(satisfies({ a: 'b', c: '', n: '5' }, parseLabelSelector(text))).toBe(meets);
});

test.each([
  [5, '5s'],
  [119, '119s'],
  [120, '2m'],
  [192, '3m12s'],
  [900, '15m'],
  [3 * 3600, '3h'],
  [3 * 3600 + 300, '3h5m'],
  [30 * 3600, '30h'],
  [52 * 3600, '2d4h'],
  [45 * 86_400, '45d'],
  [800 * 86_400, '2y70d'],
])('%i seconds are written %s', (seconds, text) => {
  expect(shortDuration(seconds * 1000)).toBe(text);
});

test.each([
  ['250m', 0.25],
  ['1Gi', 2 ** 30],
  ['1e3', 1000],
  ['2', 2],
  ['', undefined],
  ['1x', undefined],
])('the quantity "%s"', (text, value) => {
  expect(quantityValue(text)).toBe(value);
});

test('a quantity is written in the style of another', () => {
  expect([quantityText(2 ** 30, '5Mi'), quantityText(0.25, '1'), quantityText(3, '1')]).toEqual(['1Gi', '250m', '3']);
});

test.each([
  ['.spec.mode', ['fast']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.list[*].n', [1, 2]],
  ['.list[-1].n', [2]],
  ['.labels.app\\.kubernetes\\.io/name', ['x']],
  ['.nope.deep', []],
])('the JSON path %s', (path, found) => {
  const object = {
    spec: { mode: 'fast' },
    status: {
      conditions: [
        { type: 'Other', status: 'False' },
        { type: 'Ready', status: 'True' },
      ],
    },
    list: [{ n: 1 }, { n: 2 }],
    labels: { 'app.kubernetes.io/name': 'x' },
  };
  expect(jsonPath(object, path)).toEqual(found);
});

test('versions come stable first, newer first', () => {
  const versions = ['v1alpha1', 'v1', 'foo', 'v2beta1', 'v2', 'v1beta2'];
  expect(versions.sort(byPriority)).toEqual(['v2', 'v1', 'v2beta1', 'v1beta2', 'v1alpha1', 'foo']);
});

describe('chance and time', () => {
  test('the same seed plays the same game', () => {
    const [a, b] = [createRandom(7), createRandom(7)];
    expect([a.uid(), a.suffix()]).toEqual([b.uid(), b.suffix()]);
  });

  test('timers fire in order of their time, intervals again and again, cancelled ones not at all', () => {
    const clock = createManualClock(0);
    const fired: string[] = [];
    clock.setTimeout(() => fired.push(`late ${clock.now()}`), 50);
    clock.setInterval(() => fired.push(`tick ${clock.now()}`), 20);
    clock.setTimeout(() => fired.push('never'), 30).cancel();
    clock.advance(50);
    expect(fired).toEqual(['tick 20', 'tick 40', 'late 50']);
  });
});
