import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoRecords } from '../../src/faults/recognition.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { fakeApi } from '../support/fake-api.ts';
import { planned, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const key = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?$/);
const labels = fc.dictionary(
  fc.constantFrom('app', 'tier', 'app.kubernetes.io/managed-by', 'x/y~z'),
  fc.constantFrom('a', 'Helm', ''),
  { maxKeys: 3 },
);
const annotations = fc.dictionary(fc.constantFrom('note', 'a/b', 'til~de'), text, { maxKeys: 2 });
const metadata = fc.record({ labels, annotations }, { requiredKeys: [] });
const base64 = text.map(value => Buffer.from(value.toWellFormed(), 'utf8').toString('base64'));

interface Case {
  object: KubeObject;
  wanted: Wanted;
}

const configMaps: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, data: fc.dictionary(key, text, { maxKeys: 4 }), more: key, at: fc.nat(), value: text })
  .map(({ meta, data, more, at, value }) => {
    const keys = [...Object.keys(data), more];
    return {
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'it', namespace: 'shop', ...meta },
        ...(at % 3 === 0 ? {} : { data }),
        other: 1,
      },
      wanted: { type: 'ConfigDrift', parameters: { name: 'it', key: keys[at % keys.length] ?? more, value } },
    };
  });

const secrets: fc.Arbitrary<Case> = fc
  .record({ meta: metadata, data: fc.dictionary(key, base64, { maxKeys: 4 }), more: key, at: fc.nat(), value: text })
  .map(({ meta, data, more, at, value }) => {
    const keys = [...Object.keys(data), more];
    return {
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'it', namespace: 'shop', ...meta },
        type: 'Opaque',
        data,
      },
      wanted: {
        type: 'ConfigDrift',
        parameters: { name: 'it', key: keys[at % keys.length] ?? more, value, resourceType: 'Secret' },
      },
    };
  });

const deployments: fc.Arbitrary<Case> = fc
  .record({
    meta: metadata,
    images: fc.array(fc.constantFrom('a/b:1', 'c:2', 'd@sha256:00'), { minLength: 1, maxLength: 3 }),
    at: fc.nat(),
  })
  .map(({ meta, images, at }) => ({
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'it', namespace: 'shop', ...meta },
      spec: {
        selector: { matchLabels: { app: 'it' } },
        template: {
          spec: {
            containers: images.map((image, index) => ({ name: `c${index}`, image, args: ['--keep', String(index)] })),
          },
        },
      },
    },
    wanted: { type: 'ImageCorrupt', parameters: { name: 'it', containerName: `c${at % images.length}` } },
  }));

describe.each([
  ['a ConfigMap', configMaps],
  ['a Secret', secrets],
  ['a Deployment', deployments],
] as const)('injecting into %s and restoring it', (_what, cases) => {
  it('changes nothing, whatever stood there', async () => {
    let injections = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ object, wanted }) => {
        const api = fakeApi([object]);
        const before = api.all().map(comparable);
        const plan = await planned(api, wanted);
        if (isRefusal(plan)) return;
        injections += 1;
        expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'done' });
        const victim = api.peek({ apiVersion: '', kind: object.kind, namespace: 'shop', name: 'it' }) as KubeObject;
        expect(undoRecords(victim).length).toBeGreaterThan(0);
        const restore = await restoreOf(api, wanted.type, { kind: object.kind, name: 'it' });
        expect(restore.is).toBe('restore');
        if (restore.is !== 'corrupt')
          expect(await sendAll(api, restore.writes, 'revert')).toMatchObject({ state: 'done' });
        expect(api.all().map(comparable)).toEqual(before);
      }),
      { numRuns: 150 },
    );
    expect(injections).toBeGreaterThan(20);
  });

  it('can be broken off after any write and still leads back', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(2), async ({ object, wanted }, writes) => {
        const api = fakeApi([object]);
        const before = api.all().map(comparable);
        const plan = await planned(api, wanted);
        if (isRefusal(plan)) return;
        await sendAll(api, plan.writes.slice(0, writes));
        for (const left of api.all()) {
          const isMarked = undoRecords(left).length > 0;
          if (!isMarked || api.peek({ ...left, ...left.metadata, namespace: 'shop' }) === undefined) continue;
          const restore = await restoreOf(api, wanted.type, { kind: left.kind, name: left.metadata.name });
          if (restore.is === 'corrupt') throw new Error(restore.says);
          await sendAll(api, restore.writes, 'revert');
        }
        expect(api.all().map(comparable)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});
