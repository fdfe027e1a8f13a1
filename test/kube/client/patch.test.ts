import { describe, expect, it } from 'vitest';
import {
  mapEntries,
  pointer,
  preconditionedMerge,
  preconditionedPatch,
  valueAt,
} from '../../../src/kube/client/patch.ts';

const live = (metadata: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...metadata } });

describe('patches', () => {
  it('escape what a pointer may not hold', () => {
    expect(pointer('metadata', 'annotations', 'a.io/b~c')).toBe('/metadata/annotations/a.io~1b~0c');
    expect(pointer('spec', 'containers', 0, '')).toBe('/spec/containers/0/');
    expect(pointer()).toBe('');
  });

  it('test before they change', () =>
    expect(
      preconditionedPatch({ uid: 'u', resourceVersion: '7', fields: [{ path: ['data', 'a'], value: '1' }] }, [
        { op: 'replace', path: '/data/a', value: '2' },
      ]),
    ).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'u' },
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ]));

  it('merge with the identity beside other metadata', () => {
    expect(
      preconditionedMerge({ uid: 'u', resourceVersion: '7' }, { metadata: { labels: { a: 'b' } }, data: { k: null } }),
    ).toEqual({
      metadata: { labels: { a: 'b' }, uid: 'u', resourceVersion: '7' },
      data: { k: null },
    });
    expect(preconditionedMerge({}, { data: {} })).toEqual({ data: {} });
  });

  it('set and remove entries of a map, whether or not it is there', () => {
    const path = ['metadata', 'annotations'];
    expect(mapEntries(live({}), path, { a: '1', b: null })).toEqual([
      { op: 'add', path: '/metadata/annotations', value: { a: '1' } },
    ]);
    expect(mapEntries(live({}), path, { b: null })).toEqual([]);
    expect(mapEntries(live({ annotations: { 'x/b': '2' } }), path, { a: '1', 'x/b': null, c: null })).toEqual([
      { op: 'add', path: '/metadata/annotations/a', value: '1' },
      { op: 'remove', path: '/metadata/annotations/x~1b' },
    ]);
  });

  it('read values by path, own ones only', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({ a: 1 }, ['a', 'b'])).toBeUndefined();
    expect(valueAt({}, ['constructor'])).toBeUndefined();
  });
});
