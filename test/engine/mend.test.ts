import { expect, test } from 'vitest';
import { applyFix, type FixDeps, type Prepared, prepareFix, recreateSaved } from '../../src/engine/fix.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import type { Remedy } from '../../src/triage/remedies/remedy.ts';
import { uncordon } from '../../src/triage/remedies/simple.ts';
import { deleteStaleWebhook } from '../../src/triage/remedies/stale-webhook.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { found } from '../triage/support.ts';

const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { unschedulable: true } };
const cordoned = found('node/cordoned', 'Node/n1');

function scene(objects: KubeObject[] = [node]) {
  const api = fakeApi();
  const clock = fakeClock();
  const files = memoryFiles();
  for (const object of objects) api.put(object);
  const header = {
    run: '20261121-120000000-abcdef',
    startedAt: 0,
    pid: 1,
    host: 'h',
    version: '1',
    context: 'c',
    server: 's',
    user: 'u',
    clusterUid: 'k',
  };
  const deps: FixDeps = { api, clock, files, stateDir: '/state', header };
  const journal = () => files.store.get('/state/fixes/20261121-120000000-abcdef/journal.jsonl') ?? '';
  const ready = async (remedy: Remedy, finding = cordoned): Promise<Prepared> => {
    const prepared = await prepareFix(api, finding, remedy);
    if ('refusal' in prepared) throw new Error(prepared.refusal);
    return prepared;
  };
  return { api, files, deps, journal, ready };
}

test('a fix is journalled before it is written, and read back before it is called done', async () => {
  const { api, deps, journal, ready } = scene();
  const receipt = await applyFix(deps, await ready(uncordon));
  expect(receipt).toMatchObject({ outcome: 'done', verified: true, fix: 'uncordon', undo: 'kubectl cordon n1' });
  expect(api.peek({ apiVersion: 'v1', kind: 'Node', name: 'n1' })?.spec).toEqual({});
  const lines = journal()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines.map(({ entry }) => entry)).toEqual(['begin', 'intent', 'result', 'receipt']);
  expect(api.log.at(-1)).toMatchObject({ verb: 'get', kind: 'Node' });
});

test('an object that changed since the plan is not written', async () => {
  const { api, deps, ready } = scene();
  const prepared = await ready(uncordon);
  api.change({ apiVersion: 'v1', kind: 'Node', name: 'n1' }, object => {
    object.metadata.labels = { a: 'b' };
  });
  expect(await applyFix(deps, prepared)).toMatchObject({ outcome: 'not done', verified: false });
  expect(api.peek({ apiVersion: 'v1', kind: 'Node', name: 'n1' })?.spec).toEqual({ unschedulable: true });
});

test('an object that was deleted and created again is another one', async () => {
  const { api } = scene();
  const finding = { ...cordoned, object: { ...cordoned.object, uid: 'of-the-first' } };
  expect(await prepareFix(api, finding, uncordon)).toEqual({
    refusal: 'Node n1 was deleted and created again since the triage: run the triage again',
  });
});

test('without a disk nothing is changed', async () => {
  const { api, deps, ready } = scene();
  const full = { ...deps.files, openAppend: () => Promise.reject(new Error('the disk is full')) };
  await expect(applyFix({ ...deps, files: full }, await ready(uncordon))).rejects.toThrow(
    'the journal cannot be written',
  );
  expect(api.log.filter(({ verb }) => verb !== 'get')).toEqual([]);
});

test('what cannot be read after the write is not called done', async () => {
  const { api, deps, ready } = scene();
  const prepared = await ready(uncordon);
  const answer = { ok: false, reason: 'forbidden', status: 403, message: 'no' as Clean } as const;
  api.script({ on: ({ verb }) => verb === 'get', times: 99, answer });
  expect(await applyFix(deps, prepared)).toMatchObject({ outcome: 'unknown', verified: false });
});

const stale: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'w', labels: { a: 'b' } },
  webhooks: [{ name: 'x.y.z' }],
};
const found_ = found('webhook/stale', 'ValidatingWebhookConfiguration/w');
const finding = { ...found_, object: { ...found_.object, apiVersion: stale.apiVersion } };

test('what is deleted is saved whole before, and can be made again from that', async () => {
  const { api, files, deps, ready } = scene([stale]);
  const receipt = await applyFix(deps, await ready(deleteStaleWebhook, finding));
  expect(receipt).toMatchObject({ outcome: 'done', verified: true });
  expect(api.peek(finding.object)).toBeUndefined();
  const saved = JSON.parse(files.store.get(receipt.saved ?? '') ?? '');
  expect(await recreateSaved(deps, saved)).toMatchObject({ outcome: 'done', verified: true });
  expect(api.peek(finding.object)).toMatchObject({ metadata: { labels: { a: 'b' } }, webhooks: stale.webhooks });
  expect(await recreateSaved(deps, saved)).toMatchObject({ outcome: 'not done' });
});

test('what is made again is compared with what was saved before it is called done', async () => {
  const { api, deps } = scene();
  api.admit(({ verb }, object) => {
    if (verb === 'create') object.webhooks = [];
  });
  expect(await recreateSaved(deps, stale)).toMatchObject({
    outcome: 'not done',
    verified: false,
    message: 'create ValidatingWebhookConfiguration w again; it was created, but differs from the saved object',
  });
});

test('what is made again and cannot be read back is not known to be done', async () => {
  const { api, deps } = scene();
  api.script({ on: ({ verb }) => verb === 'get', times: 100, answer: failing('forbidden', 'no') });
  expect(await recreateSaved(deps, stale)).toMatchObject({ outcome: 'unknown', verified: false });
});

test('nothing is deleted that could not be saved', async () => {
  const { api, deps, ready } = scene([stale]);
  const files = { ...deps.files, write: () => Promise.reject(new Error('the disk is full')) };
  await expect(applyFix({ ...deps, files }, await ready(deleteStaleWebhook, finding))).rejects.toThrow('disk is full');
  expect(api.peek(finding.object)).toBeDefined();
});
