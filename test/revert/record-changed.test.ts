import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { seededRandom } from '../../src/host/seeded-random.ts';
import { ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { inject, KEY } from '../torture/trial.ts';
import { kindsOf, stages } from '../torture/world.ts';
import { recorded, yard } from './support/stuck.ts';

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'checkout-config' };
const TRUSTED = { trust: { key: KEY } } as const;

/** An injection of ours, found by a scan. */
async function injectedByUs() {
  const stage = stages().find(({ name }) => name === 'config-drift');
  if (stage === undefined) throw new Error('the recorded case was not found');
  const clock = steppedClock();
  const api = fakeApi(stage.objects, { now: clock.now, kinds: kindsOf(stage.objects) });
  const deps = { api, clock, journal: memoryJournal(), faultOf };
  const before = api.peek(config);
  await inject(api, { ...stage, objects: [...stage.objects] }, deps, seededRandom(1));
  const { injections } = await scan(deps, { deep: true });
  return { api, deps, injections, before };
}
type Injected = Awaited<ReturnType<typeof injectedByUs>>;

/** The same left by the framework, whose records say nothing of what was injected. */
async function injectedByFramework() {
  const made = yard(recorded('config-drift', 'injected'));
  return { ...made, injections: (await scan(made.deps, { deep: true })).injections };
}

const dataOf = ({ api }: Pick<Injected, 'api'>) => api.peek(config)?.data as { mode?: string };
const change = ({ api }: Pick<Injected, 'api'>, by: (object: KubeObject) => void) => void api.change(config, by);
const withoutRecord = ({ metadata }: KubeObject) => void delete metadata.annotations?.[ROLLBACK_DATA];

describe('a record that somebody takes off between the scan and the restore, while the label stays', () => {
  test('of ours: the value comes back from what the scan read, and nothing of the injection is left', async () => {
    const it = await injectedByUs();
    change(it, withoutRecord);
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
    expect(dataOf(it)).toEqual(it.before?.data);
    expect(it.api.peek(config)?.metadata.labels?.[TYPE_LABEL]).toBeUndefined();
  });

  test('who also put the original back: only the label is taken off', async () => {
    const it = await injectedByUs();
    change(it, object => {
      withoutRecord(object);
      object.data = { ...(it.before?.data as object) };
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'already-restored', verified: true }] });
    expect(it.api.peek(config)?.metadata.labels?.[TYPE_LABEL]).toBeUndefined();
  });

  test('of the framework: a person decides, who is shown the original, and force puts it back', async () => {
    const it = await injectedByFramework();
    change(it, withoutRecord);
    const asked = await revertAll(it.deps, it.injections);
    expect(asked).toMatchObject({
      remaining: 1,
      receipts: [{ outcome: 'diverged', verified: false, notHeld: { original: 'live', live: 'chaos' } }],
    });
    expect(asked.receipts[0]?.message).toMatch(
      /^the undo record is gone from .*: original live, now chaos; --force-diverged/,
    );
    const forced = await revertAll(it.deps, it.injections, { force: true });
    expect(forced).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
    expect(dataOf(it).mode).toBe('live');
  });
});

test('a record that is cut short between the scan and the restore: failed, and the original is shown', async () => {
  const it = await injectedByUs();
  change(it, ({ metadata }) => {
    const record = metadata.annotations?.[ROLLBACK_DATA] ?? '';
    metadata.annotations = { ...metadata.annotations, [ROLLBACK_DATA]: record.slice(0, 60) };
  });
  const injected = dataOf(it);
  const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
  expect(result).toMatchObject({
    remaining: 1,
    receipts: [{ outcome: 'failed', verified: false, notHeld: { original: 'live', live: 'chaos' } }],
  });
  expect(result.receipts[0]?.message).toContain('it was changed since the scan, which read: original live, now chaos');
  expect(dataOf(it)).toEqual(injected);
});

describe('an object that nobody of us has written to', () => {
  test('made anew by a colleague with the injected value: it gets no mark, and it is not called written', async () => {
    const it = await injectedByUs();
    const { mode } = dataOf(it);
    it.api.forget(config);
    it.api.put({
      ...config,
      metadata: { namespace: 'shop', name: config.name, uid: 'anew' },
      data: { mode },
    } as KubeObject);
    const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
    expect(result).toMatchObject({
      remaining: 1,
      receipts: [{ outcome: 'diverged', verified: false, notHeld: { original: 'live', live: mode } }],
    });
    expect(result.receipts[0]?.message).not.toContain('written');
    expect(it.api.peek(config)?.metadata).toMatchObject({ uid: 'anew' });
    expect(it.api.peek(config)?.metadata.annotations?.[ROLLBACK_DATA]).toBeUndefined();
  });

  test('marks taken off and a third value: the words do not say that ours was written', async () => {
    const it = await injectedByUs();
    change(it, object => {
      withoutRecord(object);
      delete object.metadata.labels?.[TYPE_LABEL];
      object.data = { ...(object.data as object), mode: 'canary' };
    });
    const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'diverged', verified: false }] });
    expect(result.receipts[0]?.message).toContain('--force-diverged restores the original');
    expect(result.receipts[0]?.message).not.toContain('the server accepted the write');
    expect(dataOf(it).mode).toBe('canary');
  });
});
