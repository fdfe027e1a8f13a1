import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import type { Entry } from '../../src/records/journal.ts';
import { receiptLine, revertExitCode } from '../../src/revert/report.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { wrote } from '../support/objects.ts';

const RUN = '20260101-000000000-000000';
const STARTED = Date.parse('2026-01-01T00:00:00Z');

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
const secret: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token', uid: 'old' };
const backup: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'chaos-backup-secret-token' };

const withoutMarks = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    namespace: 'shop',
    name: 'settings',
    managedFields: [wrote('mayday', { 'f:data': { 'f:mode': {} } }), wrote('team', { 'f:data': { 'f:other': {} } })],
  },
  data: { mode: 'chaos', other: 'kept' },
});
const namespace = (meta: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', creationTimestamp: '2025-01-01T00:00:00Z', ...meta },
});

/** A machine whose run of this type died after these writes, with what the cluster holds now. */
function machine(
  type: 'ConfigDrift' | 'SecretDeletion',
  written: readonly ObjectRef[],
  objects: readonly KubeObject[],
) {
  const clock = fakeClock();
  const api = fakeApi([kubeSystem, ...objects], { now: clock.now });
  const files = memoryFiles();
  const experiment = { name: 'x', path: 'x', sha256: 'x', type };
  const where = { host: 'laptop', version: '0', context: 'x', server: 'x', user: 'x', clusterUid: 'cluster-1' };
  const entries: Entry[] = [
    { entry: 'begin', run: RUN, startedAt: STARTED, pid: 9, ...where, experiment },
    ...written.map(
      (on, step): Entry => ({
        entry: 'intent',
        at: STARTED,
        id: 'x',
        purpose: 'inject',
        step,
        of: written.length,
        write: { verb: on === secret ? 'delete' : 'patch', on, says: 'x' },
      }),
    ),
  ];
  const path = `/state/runs/${RUN}/journal.jsonl`;
  files.store.set(path, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''));
  const engine = createEngine(engineDeps({ api, clock, files }));
  return { api, engine, files, path };
}

test('a value that a team accepts is settled by its word: mayday gives the field up, changes no value, and tells it no more', async () => {
  const { api, engine } = machine('ConfigDrift', [config], [withoutMarks()]);
  const { unmarked } = await engine.unmarked();
  expect(unmarked).toMatchObject([{ run: RUN, id: 'ConfigDrift:shop/ConfigMap/settings' }]);
  expect(unmarked[0]?.says).toContain(
    'to accept it as it is: `mayday revert ConfigDrift:shop/ConfigMap/settings --strip-marks`',
  );

  const planned = await engine.revert([], { accepted: unmarked, dryRun: true });
  expect(planned.steps).toMatchObject([{ id: 'ConfigDrift:shop/ConfigMap/settings', action: 'strip-markers' }]);
  expect((await engine.unmarked()).unmarked).toHaveLength(1);

  const settled = await engine.revert([], { accepted: unmarked, everything: true });
  expect(settled).toMatchObject({ remaining: 0, receipts: [{ outcome: 'stripped', verified: true }] });
  expect(settled.unmarked).toBeUndefined();
  expect(receiptLine(settled.receipts[0] as (typeof settled.receipts)[0])).toContain('value kept');
  expect(revertExitCode(settled)).toBe(0);
  const now = api.peek(config);
  expect(now?.data).toEqual({ mode: 'chaos', other: 'kept' });
  expect(now?.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['team']);
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind: [] });
});

test('the server refuses to give the field up: not accepted, and it remains', async () => {
  const { api, engine } = machine('ConfigDrift', [config], [withoutMarks()]);
  api.script({ on: ({ verb }) => verb === 'patch', times: 9, answer: failing('forbidden', 'no') });
  const { unmarked } = await engine.unmarked();
  const refused = await engine.revert([], { accepted: unmarked, everything: true });
  expect(refused).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  expect(revertExitCode(refused)).toBe(7);
  expect((await engine.unmarked()).unmarked).toHaveLength(1);
});

test('a Secret that was deleted together with its backup is told, remains, and is settled only by a person', async () => {
  const { engine, files, path } = machine('SecretDeletion', [backup, secret], [namespace()]);
  const all = await engine.revert([], { everything: true });
  expect(all).toMatchObject({ receipts: [], remaining: 1 });
  expect(all.unmarked?.[0]).toMatch(
    /^run \S+ died: the backup is gone: Secret shop\/token does not exist, and no record holds the original; to accept/,
  );
  expect(revertExitCode(all)).toBe(7);

  const { unmarked } = await engine.unmarked();
  const settled = await engine.revert([], { accepted: unmarked });
  expect(settled).toMatchObject({ remaining: 0, receipts: [{ outcome: 'stripped', verified: true, object: backup }] });
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind: [] });
  expect(files.store.get(path)).toContain('"outcome":"stripped"');
});

test.each([
  ['is gone', []],
  ['is going', [namespace({ deletionTimestamp: '2026-01-01T01:00:00Z' })]],
  ['was made anew since', [namespace({ creationTimestamp: '2026-01-01T01:00:00Z' })]],
])('a Secret whose namespace %s went with it: nothing is left of the injection', async (_, objects) => {
  const { engine } = machine('SecretDeletion', [backup, secret], objects);
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind: [] });
});

test('a Secret is told, too, where the clock of this machine is an hour behind the server', async () => {
  const { api, engine } = machine(
    'SecretDeletion',
    [backup, secret],
    [namespace({ creationTimestamp: '2026-01-01T00:30:00Z' })],
  );
  const { serverTime } = api;
  api.serverTime = () => ({ ...serverTime(), now: serverTime().now + 3_600_000 });
  expect((await engine.unmarked()).unmarked).toHaveLength(1);
});

test('a Secret that was put back from its backup by another machine is not told', async () => {
  const back: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', namespace: 'shop', uid: 'new' },
  };
  const { engine } = machine('SecretDeletion', [backup, secret], [namespace(), back]);
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind: [] });
});
