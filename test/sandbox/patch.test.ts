import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyJsonPatch, PatchError, type PatchStep } from '../../src/sandbox/patch/json-patch.ts';
import { applyMergePatch } from '../../src/sandbox/patch/merge-patch.ts';
import { applyStrategicPatch } from '../../src/sandbox/patch/strategic.ts';
import { createSchemas } from '../../src/sandbox/schema/schemas.ts';

describe('JSON patch', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y~z': 1 };
  const cases: [PatchStep, unknown][] = [
    [
      { op: 'add', path: '/a/b/1', value: 9 },
      { a: { b: [1, 9, 2, 3] }, 'x/y~z': 1 },
    ],
    [
      { op: 'add', path: '/a/b/-', value: 4 },
      { a: { b: [1, 2, 3, 4] }, 'x/y~z': 1 },
    ],
    [{ op: 'remove', path: '/x~1y~0z' }, { a: { b: [1, 2, 3] } }],
    [
      { op: 'replace', path: '/a/b', value: 'q' },
      { a: { b: 'q' }, 'x/y~z': 1 },
    ],
    [
      { op: 'move', from: '/a/b/0', path: '/c' },
      { a: { b: [2, 3] }, c: 1, 'x/y~z': 1 },
    ],
    [
      { op: 'copy', from: '/a/b/0', path: '/c' },
      { a: { b: [1, 2, 3] }, c: 1, 'x/y~z': 1 },
    ],
    [{ op: 'test', path: '/missing', value: null }, document],
  ];
  test.each(cases)('%j', (step, expected) => {
    expect(applyJsonPatch(document, [step])).toEqual(expected);
  });

  test.each([
    { op: 'remove', path: '/nope' },
    { op: 'add', path: '/nope/x', value: 1 },
    { op: 'add', path: '/a/b/9', value: 1 },
    { op: 'test', path: '/a/b/0', value: 9 },
    { op: 'sing', path: '/a' },
  ])('%j is refused and leaves the document alone', step => {
    const before = structuredClone(document);
    expect(() => applyJsonPatch(document, [{ op: 'remove', path: '/a/b/0' }, step])).toThrow(PatchError);
    expect(document).toEqual(before);
  });
});

describe('merge patch', () => {
  test('patching twice is patching once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, patch) => {
        const once = applyMergePatch(value, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  test('null removes, an object reaches inside, a list is replaced', () => {
    expect(applyMergePatch({ a: 1, b: { c: 2 }, l: [1] }, { a: null, b: { d: 3 }, l: [2] })).toEqual({
      b: { c: 2, d: 3 },
      l: [2],
    });
  });
});

describe('strategic merge patch of a Deployment', () => {
  const node = createSchemas().of('apps', 'v1', 'Deployment');
  const spec = (containers: unknown) => ({ spec: { template: { spec: { containers } } } });
  const patch = (value: unknown, change: unknown) => applyStrategicPatch(value, change, node);
  const two = spec([
    { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: 'b:1' },
  ]);

  test('a container is found by its name', () => {
    expect(patch(two, spec([{ name: 'b', image: 'b:2' }]))).toEqual(
      spec([
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:2' },
      ]),
    );
  });

  test('an item is deleted, a list replaced, an order obeyed', () => {
    expect(patch(two, spec([{ name: 'a', $patch: 'delete' }]))).toEqual(spec([{ name: 'b', image: 'b:1' }]));
    expect(patch(two, spec([{ $patch: 'replace' }, { name: 'c' }]))).toEqual(spec([{ name: 'c' }]));
    const ordered = { spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } } } };
    expect(patch(spec([{ name: 'a' }, { name: 'b' }]), ordered)).toEqual(spec([{ name: 'b' }, { name: 'a' }]));
  });

  test('members not retained go; a selector is replaced as a whole where its schema says so', () => {
    const strategy = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    expect(patch(strategy, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } })).toEqual({
      spec: { strategy: { type: 'Recreate' } },
    });
  });

  test('finalizers are a set of values', () => {
    const held = { metadata: { finalizers: ['a/b', 'c/d'] } };
    expect(patch(held, { metadata: { finalizers: ['c/d', 'e/f'] } })).toEqual({
      metadata: { finalizers: ['a/b', 'c/d', 'e/f'] },
    });
    expect(patch(held, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/b'] } })).toEqual({
      metadata: { finalizers: ['c/d'] },
    });
  });
});
