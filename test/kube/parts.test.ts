import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../src/kube/client/http/backoff.ts';
import { queryString, resourcePath } from '../../src/kube/client/paths.ts';
import { coreKind, splitApiVersion } from '../../src/kube/discovery/core-kinds.ts';
import { lines } from '../../src/kube/watch/lines.ts';
import { type Batch, createRowStore, sameFields } from '../../src/kube/watch/row-store.ts';

describe('lines', () => {
  const collect = async (chunks: Buffer[]) => {
    const all: string[] = [];
    for await (const batch of lines(chunks)) all.push(...batch);
    return all;
  };

  it('are the same however the bytes are cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter(line => !/[\n\r]/.test(line))),
        fc.array(fc.nat(200), { maxLength: 20 }),
        async (expected, cuts) => {
          const bytes = Buffer.from(expected.map(line => `${line}\n`).join(''));
          const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
          const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
          expect(await collect(chunks)).toEqual(expected);
        },
      ),
    ));

  it('drop a last line that never ended', async () => expect(await collect([Buffer.from('a\nhalf')])).toEqual(['a']));

  it('give up on a line without end', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    await expect(collect(Array.from({ length: 17 }, () => chunk))).rejects.toThrow('longer than 16 MB');
  });
});

describe('the row store', () => {
  it('reports exactly the difference between two takes', () => {
    type Row = { key: string; value: number };
    const change = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.nat(2), { nil: undefined }),
    });
    const follow = (mirror: Map<string, number>, batch: Batch<Row>) => {
      for (const row of batch.removed) expect(mirror.delete(row.key)).toBe(true);
      for (const row of batch.changed) expect(mirror.get(row.key)).not.toBe(row.value);
      for (const row of batch.added) expect(mirror.has(row.key)).toBe(false);
      for (const row of [...batch.added, ...batch.changed]) mirror.set(row.key, row.value);
    };
    const check = (rounds: { key: string; value: number | undefined }[][]) => {
      const store = createRowStore<Row>(sameFields);
      const mirror = new Map<string, number>();
      for (const round of rounds) {
        for (const { key, value } of round) value === undefined ? store.remove(key) : store.put(key, { key, value });
        follow(mirror, store.take());
        expect(mirror).toEqual(new Map([...store.rows].map(([key, row]) => [key, row.value])));
      }
    };
    fc.assert(fc.property(fc.array(fc.array(change)), check));
  });

  it('keeps the row that looks the same, and sweeps what a list lacks', () => {
    const store = createRowStore<{ value: number }>(sameFields);
    const first = { value: 1 };
    store.put('a', first);
    store.put('b', { value: 2 });
    store.take();
    store.put('a', { value: 1 });
    store.keepOnly(new Set(['a']));
    expect(store.rows.get('a')).toBe(first);
    expect(store.take()).toEqual({ added: [], changed: [], removed: [{ value: 2 }] });
  });

  it('compares fields, not identity', () => {
    expect(sameFields({ a: 1 }, { a: 1 })).toBe(true);
    expect(sameFields<object>({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameFields<object>({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(sameFields<unknown>('a', 'a')).toBe(true);
    expect(sameFields<unknown>(null, {})).toBe(false);
  });
});

describe('back-off', () => {
  it('doubles up to the longest, with jitter below', () => {
    const whole = createBackoff({ firstMs: 100, longestMs: 1000 }, () => 1);
    expect(Array.from({ length: 6 }, () => whole.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    const half = createBackoff({ firstMs: 100, longestMs: 1000 }, () => 0);
    expect(half.next()).toBe(50);
    half.next();
    half.reset();
    expect(half.next()).toBe(50);
  });
});

describe('paths', () => {
  const pods = coreKind('v1', 'Pod');
  const roles = coreKind('rbac.authorization.k8s.io/v1', 'ClusterRole');
  if (!pods || !roles) throw new Error('built-in kinds are missing');

  it('say where things live', () => {
    expect(resourcePath(pods, {})).toBe('/api/v1/pods');
    expect(resourcePath(pods, { namespace: 'a' })).toBe('/api/v1/namespaces/a/pods');
    expect(resourcePath(pods, { namespace: 'a', name: 'b', subresource: 'eviction' })).toBe(
      '/api/v1/namespaces/a/pods/b/eviction',
    );
    expect(resourcePath(roles, { namespace: 'ignored', name: 'system:node' })).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    );
  });
  it('know the built-in kinds and no others', () => {
    expect(coreKind('v1', 'Node')?.namespaced).toBe(false);
    expect(coreKind('apps/v1', 'Pod')).toBeUndefined();
    expect(coreKind('v1', 'Po')).toBeUndefined();
    expect(splitApiVersion('apps/v1')).toEqual({ group: 'apps', version: 'v1' });
    expect(splitApiVersion('v1')).toEqual({ group: '', version: 'v1' });
  });
  it('carry only the options that are set', () => {
    expect(queryString({ a: 'x=y,z', b: undefined, c: '', d: 5, e: true })).toBe('?a=x%3Dy%2Cz&d=5&e=true');
    expect(queryString({})).toBe('');
  });
});
