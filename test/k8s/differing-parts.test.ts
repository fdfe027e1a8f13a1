import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differingParts } from '../../src/k8s/differing-parts.ts';

it('keeps only the members that differ, on both sides', () => {
  expect(differingParts({ a: 1, b: { c: 2, d: 3 }, e: 4 }, { a: 1, b: { c: 5, d: 3 }, f: 6 })).toEqual([
    { b: { c: 2 }, e: 4 },
    { b: { c: 5 }, f: 6 },
  ]);
});

it('keeps of a list the entries that differ, with their names', () => {
  const containers = (image: string) => [
    { name: 'main', image, env: [] },
    { name: 'side', image: 'busybox' },
  ];
  expect(differingParts(containers('nginx:1'), containers('nginx:2'))).toEqual([
    [{ name: 'main', image: 'nginx:1' }],
    [{ name: 'main', image: 'nginx:2' }],
  ]);
});

it('keeps a list whole where an entry was added', () => {
  expect(differingParts({ a: [1] }, { a: [1, 2] })).toEqual([{ a: [1] }, { a: [1, 2] }]);
});

it('finds nothing in equal values, and something in all others', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(differingParts(one, structuredClone(one))).toEqual([undefined, undefined]);
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      if (!isSame && typeof one !== 'object') expect(differingParts(one, other)).toEqual([one, other]);
    }),
  );
});
