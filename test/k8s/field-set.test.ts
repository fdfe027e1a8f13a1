import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  type FieldSet,
  fieldsAt,
  fieldsOf,
  intersection,
  isEmpty,
  isFieldSet,
  pathsOf,
  union,
} from '../../src/k8s/field-set.ts';

const element = fc.constantFrom(
  'f:spec',
  'f:a/b',
  'f:a~b',
  'f:',
  'f:..',
  'f:__proto__',
  'f:constructor',
  'k:{"name":"web"}',
  'k:{"port":80,"protocol":"TCP"}',
  'v:"chaos/block"',
  'i:0',
);
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const paths = fc.array(path, { maxLength: 8 });
const fields = paths.map(fieldsOf);
const keys = (set: FieldSet): string[] =>
  pathsOf(set)
    .map(one => JSON.stringify(one))
    .toSorted();
const keysOf = (list: readonly string[][]): string[] => [...new Set(list.map(one => JSON.stringify(one)))].toSorted();

describe('a set of fields', () => {
  it('holds the paths that it was made of, each once, and is one that a server may write', () => {
    fc.assert(
      fc.property(paths, list => {
        expect(keys(fieldsOf(list))).toEqual(keysOf(list));
        expect(isFieldSet(fieldsOf(list))).toBe(true);
      }),
    );
  });

  it('is the same when it is made again of its paths, in any order', () => {
    fc.assert(
      fc.property(fields, set => {
        expect(fieldsOf(pathsOf(set))).toEqual(set);
        expect(fieldsOf(pathsOf(set).reverse())).toEqual(set);
      }),
    );
  });

  it('joins, meets and differs as sets do', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const [inA, inB] = [new Set(keys(a)), new Set(keys(b))];
        expect(keys(union(a, b))).toEqual([...new Set([...inA, ...inB])].toSorted());
        expect(keys(intersection(a, b))).toEqual([...inA].filter(key => inB.has(key)));
        expect(keys(difference(a, b))).toEqual([...inA].filter(key => !inB.has(key)));
      }),
    );
  });

  it('falls apart into what it shares with another and the rest, and nothing else', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const [shared, rest] = [intersection(a, b), difference(a, b)];
        expect(union(shared, rest)).toEqual(a);
        expect(isEmpty(intersection(shared, rest))).toBe(true);
        expect(isEmpty(difference(a, a))).toBe(true);
      }),
    );
  });

  it('changes neither of those that it is made of', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const before = structuredClone([a, b]);
        union(a, b);
        intersection(a, b);
        difference(a, b);
        expect([a, b]).toEqual(before);
      }),
    );
  });
});

type Tree = { [name: string]: Tree | string };
const name = fc.constantFrom('a', 'b', 'a/b', 'a~b', '__proto__x', 'constructor', '');
const tree = fc.letrec<{ tree: Tree }>(tie => ({
  tree: fc.dictionary(name, fc.oneof({ weight: 2, arbitrary: fc.string() }, tie('tree')), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  }) as fc.Arbitrary<Tree>,
})).tree;

const leavesOf = (value: Tree | string, steps: string[] = []): string[][] =>
  typeof value === 'string'
    ? [steps]
    : Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...steps, key]));

describe('the fields at a place of an object', () => {
  it('are exactly the leaf, where the writer owns every leaf', () => {
    fc.assert(
      fc.property(tree, object => {
        const leaves = leavesOf(object);
        const elements = (steps: readonly string[]) => steps.map(step => `f:${step}`);
        const owned = fieldsOf(leaves.map(elements));
        for (const leaf of leaves) expect(pathsOf(fieldsAt(owned, object, leaf))).toEqual([elements(leaf)]);
      }),
    );
  });

  it('are always among those of the set', () => {
    fc.assert(
      fc.property(tree, fields, fc.array(name, { minLength: 1, maxLength: 3 }), (object, set, steps) => {
        expect(isEmpty(difference(fieldsAt(set, object, steps), set))).toBe(true);
      }),
    );
  });
});
