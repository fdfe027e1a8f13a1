import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../src/sandbox/clock.ts';
import { builtinResources } from '../../src/sandbox/discovery/builtin.ts';
import type { KubeObject } from '../../src/sandbox/object.ts';
import { createRandom } from '../../src/sandbox/random.ts';
import { createRegistry } from '../../src/sandbox/registry.ts';
import { createStore, type StoreEvent } from '../../src/sandbox/store.ts';

const newStore = (historySize?: number) =>
  createStore({
    clock: createManualClock(),
    random: createRandom(1),
    registry: createRegistry(builtinResources()),
    ...(historySize === undefined ? {} : { historySize }),
  });

const configMap = (name: string, data: Record<string, string> = {}, more: object = {}) => ({
  metadata: { name, namespace: 'ns', ...more },
  data,
});

describe('writes', () => {
  test('a new object gets a uid, a version, a time, its kind', () => {
    const made = newStore().create('configmaps', configMap('a'));
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '2' } });
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
  });

  test('a taken name, a stale version and a missing object are refused', () => {
    const store = newStore();
    const made = store.create('configmaps', configMap('a'));
    store.modify('configmaps', 'ns', 'a', draft => {
      draft.data = { k: 'v' };
    });
    expect(() => store.create('configmaps', configMap('a'))).toThrow('configmaps "a" already exists');
    expect(() => store.update('configmaps', made)).toThrow('the object has been modified');
    expect(() => store.update('configmaps', configMap('b'))).toThrow('configmaps "b" not found');
    expect(store.modify('configmaps', 'ns', 'b', () => undefined)).toBeUndefined();
  });

  test('a write that changes nothing makes no new version and tells nobody', () => {
    const store = newStore();
    store.create('configmaps', configMap('a', { k: 'v' }));
    const seen: StoreEvent[] = [];
    store.watch('configmaps', event => seen.push(event));
    store.modify('configmaps', 'ns', 'a', draft => {
      draft.data = { k: 'v' };
    });
    expect(seen).toEqual([]);
    expect(store.revision()).toBe(2);
  });

  test('generation counts what is asked for, not the status', () => {
    const store = newStore();
    store.create('deployments.apps', { metadata: { name: 'd', namespace: 'ns' }, spec: { replicas: 1 } });
    const change = (field: string, value: unknown) =>
      store.modify('deployments.apps', 'ns', 'd', draft => {
        draft[field] = value;
      })?.metadata.generation;
    expect(change('status', { replicas: 1 })).toBe(1);
    expect(change('spec', { replicas: 2 })).toBe(2);
  });

  test('a listener that writes is told of its own write after everyone has heard of the first', () => {
    const store = newStore();
    const heard: string[] = [];
    store.watch('configmaps', ({ object }) => {
      heard.push(`first ${object.metadata.name}`);
      if (object.metadata.name === 'a') store.create('configmaps', configMap('b'));
    });
    store.watch('*', ({ object }) => heard.push(`second ${object.metadata.name}`));
    store.create('configmaps', configMap('a'));
    expect(heard).toEqual(['first a', 'second a', 'first b', 'second b']);
  });
});

describe('deletion', () => {
  test('finalizers keep an object until the last one goes', () => {
    const store = newStore();
    store.create('configmaps', configMap('a', {}, { finalizers: ['example.com/x'] }));
    expect(store.delete('configmaps', 'ns', 'a').removed).toBe(false);
    expect(store.get('configmaps', 'ns', 'a')?.metadata.deletionTimestamp).toBeDefined();
    expect(() => store.create('configmaps', configMap('a'))).toThrow('object is being deleted');
    store.modify('configmaps', 'ns', 'a', draft => {
      delete draft.metadata.finalizers;
    });
    expect(store.get('configmaps', 'ns', 'a')).toBeUndefined();
  });

  test('a running pod is given its grace period; a pod on no node is not', () => {
    const store = newStore();
    const pod = (name: string, spec: object) =>
      store.create('pods', {
        metadata: { name, namespace: 'ns' },
        spec: { terminationGracePeriodSeconds: 7, ...spec },
      });
    pod('running', { nodeName: 'n' });
    pod('nowhere', {});
    const { object, removed } = store.delete('pods', 'ns', 'running');
    expect({ removed, grace: object.metadata.deletionGracePeriodSeconds }).toEqual({ removed: false, grace: 7 });
    expect(store.delete('pods', 'ns', 'nowhere').removed).toBe(true);
    expect(store.delete('pods', 'ns', 'running', { gracePeriodSeconds: 0 }).removed).toBe(true);
  });

  test('preconditions hold the delete back', () => {
    const store = newStore();
    store.create('configmaps', configMap('a'));
    const attempt = (preconditions: object) => () => store.delete('configmaps', 'ns', 'a', { preconditions });
    expect(attempt({ uid: 'other' })).toThrow('the UID in the precondition (other) does not match');
    expect(attempt({ resourceVersion: '1' })).toThrow('the ResourceVersion in the precondition (1) does not match');
    expect(store.get('configmaps', 'ns', 'a')).toBeDefined();
  });
});

describe('history', () => {
  const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat(3), gone: fc.boolean() });

  test('any revision can be seen again as it was, in the order of lists', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const store = newStore();
        const snapshots: [number, KubeObject[]][] = [[store.revision(), []]];
        for (const { name, value, gone } of steps) {
          const exists = store.get('configmaps', 'ns', name) !== undefined;
          if (gone && exists) store.delete('configmaps', 'ns', name);
          else if (exists)
            store.modify('configmaps', 'ns', name, draft => {
              draft.data = { value };
            });
          else store.create('configmaps', configMap(name, { value: String(value) }));
          snapshots.push([store.revision(), store.list('configmaps')]);
        }
        for (const [revision, objects] of snapshots) expect(store.at('configmaps', revision)).toEqual(objects);
      }),
    );
  });

  test('what happened since a revision is told in order, until it is forgotten', () => {
    const store = newStore(2);
    for (let n = 0; n < 6; n++) store.create('configmaps', configMap(`c${n}`));
    expect(store.since('configmaps', store.revision() - 2)?.map(e => e.object.metadata.name)).toEqual(['c4', 'c5']);
    expect(store.since('configmaps', 1)).toBeUndefined();
    store.compact();
    expect(store.since('configmaps', store.revision() - 1)).toBeUndefined();
    expect(store.since('configmaps', store.revision())).toEqual([]);
  });
});
