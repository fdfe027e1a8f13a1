import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { failing } from '../../support/fake-api.ts';
import { recorded, yard } from '../support/stuck.ts';

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'checkout-config' };

async function drifted() {
  const made = yard(recorded('config-drift', 'injected'));
  const [finding] = (await scan(made.deps)).injections;
  if (!finding) throw new Error('the recorded case was not found');
  return { ...made, finding };
}

describe('restoring one finding', () => {
  test('takes three requests after a scan: the value, the marks once it stands there, and a look back', async () => {
    const { deps, finding, api } = await drifted();
    const since = api.log.length;
    const { receipt } = await restoreOne(deps, finding, { scanned: true });
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true, requests: 3 });
    expect(api.log.slice(since).map(({ verb }) => verb)).toEqual(['patch', 'patch', 'get']);
  });

  test('reads first where nothing was scanned just before', async () => {
    const { deps, finding, api } = await drifted();
    const since = api.log.length;
    const { receipt } = await restoreOne(deps, finding);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true, requests: 4 });
    expect(api.log.slice(since).map(({ verb }) => verb)).toEqual(['get', 'patch', 'patch', 'get']);
  });

  test('is journalled before it is sent', async () => {
    const { deps, finding, records, api } = await drifted();
    await restoreOne(
      {
        ...deps,
        journal: {
          append: async record =>
            void records.push({ ...record, step: api.log.filter(one => one.verb === 'patch').length }),
        },
      },
      finding,
    );
    expect(records.map(record => [record.record, record.purpose, record.step])).toEqual([
      ['intent', 'revert', 0],
      ['result', 'revert', 1],
      ['intent', 'revert', 1],
      ['result', 'revert', 2],
    ]);
  });

  test('reads and decides again when the object changes under it', async () => {
    const { deps, finding, api } = await drifted();
    api.script({
      on: ({ verb }) => verb === 'patch',
      answer: failing('conflict', 'the object has been modified'),
      times: 2,
    });
    expect((await restoreOne(deps, finding)).receipt).toMatchObject({ outcome: 'reverted', verified: true });
  });

  test('keeps what somebody else changed meanwhile on the same object', async () => {
    const { deps, finding, api } = await drifted();
    api.change(config, object => {
      object.data = { ...(object.data as object), added: 'by hand' };
    });
    await restoreOne(deps, finding);
    expect(api.peek(config)?.data).toMatchObject({ mode: 'live', added: 'by hand' });
  });

  test('says gone when the object is, and was restored when the marks are and the original is in place', async () => {
    const { deps, finding, api } = await drifted();
    api.change(config, object => {
      object.data = { ...(object.data as object), mode: 'live' };
      delete object.metadata.annotations;
      delete object.metadata.labels;
    });
    expect((await restoreOne(deps, finding)).receipt).toMatchObject({ outcome: 'already-restored', verified: true });
    api.forget(config);
    expect((await restoreOne(deps, finding)).receipt).toMatchObject({ outcome: 'gone', verified: true });
  });

  test('tells whether the marks of an original that was in place were taken off now or are gone already', async () => {
    const { deps, finding, api } = await drifted();
    const back = (isMarked: boolean) => (object: KubeObject) => {
      object.data = { ...(object.data as object), mode: 'live' };
      if (isMarked) return;
      delete object.metadata.annotations;
      delete object.metadata.labels;
    };
    api.change(config, back(true));
    const [left] = (await scan(deps, { deep: true })).injections;
    expect(left?.message).toMatch(/already holds the original; only the marks are left$/);
    const { receipt } = await restoreOne(deps, finding);
    expect(receipt.message).toMatch(/already holds the original; the marks are removed$/);
    const again = await restoreOne(deps, finding);
    expect(again.receipt.message).toMatch(/already holds the original; no mark of the injection is left on it$/);
  });

  test('does not believe a success that does not read back', async () => {
    const { deps, finding, api } = await drifted();
    // An admission webhook that answers yes and keeps the old value.
    api.react(({ verb }) => {
      if (verb === 'patch') {
        api.change(config, object => {
          object.data = { ...(object.data as object), mode: 'chaos' };
        });
      }
    });
    const { receipt, retry } = await restoreOne(deps, finding);
    expect(receipt).toMatchObject({ outcome: 'failed', verified: false });
    expect(receipt.message).toContain(
      'the server accepted the write, but the original is not there: original live, now chaos',
    );
    // Trying again would only be a quarrel with whoever writes there.
    expect(retry).toBe(false);
  });

  test('asks about a value that is neither, and --force-diverged restores the original', async () => {
    const { deps, api } = yard(recorded('config-drift', 'injected'));
    api.change(config, object => {
      object.data = { ...(object.data as object), mode: 'canary' };
      const time = (second: number) => `2026-11-21T12:30:0${second}Z`;
      object.metadata.managedFields = [
        {
          manager: 'operator-chaos',
          time: time(1),
          fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:chaos.operatorchaos.io/rollback-data': {} } } },
        },
        { manager: 'kubectl', time: time(9), fieldsV1: { 'f:data': { 'f:mode': {} } } },
      ];
    });
    const found = await scan(deps);
    expect(found.injections).toMatchObject([{ state: 'diverged' }]);
    expect(await revertAll(deps, found.injections)).toMatchObject({
      remaining: 1,
      receipts: [{ outcome: 'diverged' }],
    });
    expect(api.peek(config)?.data).toMatchObject({ mode: 'canary' });
    expect(await revertAll(deps, found.injections, { force: true })).toMatchObject({ remaining: 0 });
    expect(api.peek(config)?.data).toMatchObject({ mode: 'live' });
  });
});

describe('reverting many', () => {
  test('what is blocked goes into the next round and gets through once something changed', async () => {
    const { deps, api } = yard([...recorded('config-drift', 'injected'), ...recorded('image-corrupt', 'injected')]);
    const found = await scan(deps);
    let open = false;
    api.script({
      on: ({ verb, kind }) => !open && verb === 'patch' && kind === 'ConfigMap',
      times: 1000,
      answer: failing('forbidden', 'blocked by a webhook'),
    });
    api.react(({ verb, kind }) => {
      if (verb === 'patch' && kind === 'Deployment') open = true;
    });
    const rounds: number[] = [];
    const result = await revertAll(deps, found.injections, {
      emit: event => event.event === 'round' && rounds.push(event.items),
    });
    expect(result).toMatchObject({ remaining: 0 });
    expect(rounds[0]).toBe(2);
  });

  test('ends when the time for retries is over, and says what remains', async () => {
    const { deps, api } = yard(recorded('config-drift', 'injected'));
    const found = await scan(deps);
    api.script({ on: ({ verb }) => verb === 'patch', times: 100_000, answer: failing('forbidden', 'blocked') });
    const result = await revertAll(deps, found.injections, { retryForMs: 10_000 });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(result.ms).toBeGreaterThan(5_000);
  });

  test('each receipt counts its own requests, also side by side', async () => {
    const [victim] = recorded('config-drift', 'injected');
    if (!victim) throw new Error('the recorded case has a victim');
    const many = [...Array(20).keys()].map(index => ({
      ...victim,
      metadata: { ...victim.metadata, name: `c${index}`, uid: `u${index}` },
    }));
    const { deps } = yard(many);
    const result = await revertAll(deps, (await scan(deps)).injections);
    expect(result.receipts.map(receipt => receipt.requests)).toEqual(Array(20).fill(3));
  });

  test('an injection that appears meanwhile is told', async () => {
    const { deps, api } = yard(recorded('config-drift', 'injected'));
    const found = await scan(deps);
    for (const object of recorded('image-corrupt', 'injected')) api.put(object);
    const result = await revertAll(deps, found.injections);
    expect(result.remaining).toBe(0);
    expect(result.appeared).toMatchObject([{ type: 'ImageCorrupt' }]);
  });
});
