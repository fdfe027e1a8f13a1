import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyConfig } from '../../src/sandbox/managed/apply.ts';
import {
  difference,
  emptySet,
  type FieldSet,
  fromFieldsV1,
  intersection,
  sameSet,
  toFieldsV1,
  union,
} from '../../src/sandbox/managed/field-set.ts';
import { trackUpdate } from '../../src/sandbox/managed/track.ts';
import type { KubeObject } from '../../src/sandbox/object.ts';
import { createSchemas } from '../../src/sandbox/schema/schemas.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"');
const fieldSet: fc.Arbitrary<FieldSet> = fc
  .array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
  .map(paths => paths.reduce((set, path) => union(set, single(path)), emptySet()));

function single([first = '', ...rest]: readonly string[]): FieldSet {
  const set = emptySet();
  if (rest.length === 0) set.members.add(first);
  else set.children.set(first, single(rest));
  return set;
}

describe('field sets', () => {
  test('survive the wire', () => {
    fc.assert(fc.property(fieldSet, set => sameSet(fromFieldsV1(toFieldsV1(set)), set)));
  });

  test('what is in one and not the other, and in both, make up the one', () => {
    fc.assert(fc.property(fieldSet, fieldSet, (a, b) => sameSet(union(difference(a, b), intersection(a, b)), a)));
  });
});

const node = createSchemas().of('', 'v1', 'ConfigMap');
const configMap = (data: Record<string, string>, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', uid: 'u', ...more },
  data,
});
const manager = (name: string, operation: 'Apply' | 'Update' = 'Update') => ({ name, operation, apiVersion: 'v1' });
const ownersOf = (object: KubeObject) =>
  Object.fromEntries((object.metadata.managedFields ?? []).map(e => [e.manager, e.fieldsV1]));

describe('ownership', () => {
  test('who changes a field owns it, and who had it loses it', () => {
    const made = configMap({ a: '1', b: '1' });
    made.metadata.managedFields = trackUpdate(undefined, made, node, manager('one'), 't1') ?? [];
    const changed = configMap({ a: '2', b: '1' }, { managedFields: made.metadata.managedFields });
    changed.metadata.managedFields = trackUpdate(made, changed, node, manager('two'), 't2') ?? [];
    expect(ownersOf(changed)).toEqual({ one: { 'f:data': { '.': {}, 'f:b': {} } }, two: { 'f:data': { 'f:a': {} } } });
  });
});

describe('server-side apply', () => {
  const apply = (live: KubeObject | undefined, data: Record<string, string>, who: string, force = false) =>
    applyConfig(live, configMap(data), node, manager(who, 'Apply'), 't', force);

  test('what is no longer asked for goes, unless another one asks for it', () => {
    const first = apply(undefined, { a: '1', b: '1' }, 'one');
    const shared = apply(first, { b: '1' }, 'two');
    expect(apply(shared, {}, 'one').data).toEqual({ b: '1' });
    expect(apply(first, {}, 'one').data).toEqual({});
  });

  test('fields of others are taken only by force', () => {
    const first = apply(undefined, { a: '1', b: '1' }, 'one');
    expect(() => apply(first, { a: '2', b: '2' }, 'two')).toThrow(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
    const forced = apply(first, { a: '2' }, 'two', true);
    expect(forced.data).toEqual({ a: '2', b: '1' });
    expect(ownersOf(forced)).toEqual({ one: { 'f:data': { 'f:b': {} } }, two: { 'f:data': { 'f:a': {} } } });
  });

  test('applying the same again changes nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string()), data => {
        const once = apply(undefined, data, 'one');
        expect(apply(once, data, 'one')).toEqual(once);
      }),
    );
  });
});
