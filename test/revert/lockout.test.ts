import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { isRemainUnknown, remainLine, revertExitCode, revertJson, revertText } from '../../src/revert/report.ts';
import { type RevertEvent, revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { failing } from '../support/fake-api.ts';
import { marked } from '../support/objects.ts';
import { recorded, yard } from './support/stuck.ts';

const SERVICE = { namespace: 'policy', name: 'judge' };
const RULE = { operations: ['UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

function webhook(entry: object = {}, kind = 'ValidatingWebhookConfiguration'): KubeObject {
  const webhooks = [
    { name: 'judge.policy', failurePolicy: 'Fail', clientConfig: { service: SERVICE }, rules: [RULE], ...entry },
  ];
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'judge' }, webhooks };
}
const slice = (ready: boolean): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'judge-1', namespace: 'policy', labels: { 'kubernetes.io/service-name': 'judge' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
});
const shop: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } };

/** A cluster in which that webhook refuses every ConfigMap update as long as it fails closed. */
function locked(...objects: KubeObject[]) {
  const bench = yard([...recorded('config-drift', 'injected'), shop, ...objects]);
  const isClosed = () => bench.api.all().some(({ webhooks }) => JSON.stringify(webhooks ?? '').includes('"Fail"'));
  bench.api.script({
    on: ({ verb, kind }) => verb === 'patch' && kind === 'ConfigMap' && isClosed(),
    times: 1000,
    answer: failing('server-error', 'Internal error occurred: failed calling webhook "judge.policy": no endpoints'),
  });
  return bench;
}

async function revert(bench: ReturnType<typeof yard>, dryRun = false) {
  const events: RevertEvent[] = [];
  const { injections } = await scan(bench.deps);
  return { events, result: await revertAll(bench.deps, injections, { dryRun, emit: event => events.push(event) }) };
}

describe('a dead webhook that fails closed', () => {
  test('is named before anything is written, and in the receipt of what it refused', async () => {
    const { result, events } = await revert(locked(webhook()));
    expect(events[0]).toMatchObject({
      event: 'locked-out',
      lockOuts: [{ service: 'policy/judge', isInjection: false }],
    });
    expect(result.lockOuts[0]?.blocks).toEqual(['ConfigDrift:shop/ConfigMap/checkout-config']);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed' }] });
    expect(result.receipts[0]?.message).toContain('locked out by ValidatingWebhookConfiguration judge');
    expect(revertText(result, { dryRun: false })[0]).toContain('LOCKED OUT ValidatingWebhookConfiguration judge');
  });

  test('is put back first where it is an injection, and then nothing is refused', async () => {
    const open = webhook({ failurePolicy: 'Ignore' });
    const shut = marked(open, 'WebhookDisrupt', { 'judge.policy': 'Ignore' });
    const { result } = await revert(locked({ ...shut, webhooks: webhook().webhooks as never }));
    expect(result).toMatchObject({ remaining: 0, lockOuts: [{ isInjection: true }] });
    expect(result.receipts.map(({ type }) => type)).toEqual(['WebhookDisrupt', 'ConfigDrift']);
  });

  test('is said in a dry run too', async () => {
    const { result } = await revert(locked(webhook()), true);
    expect(revertText(result, { dryRun: true })[0]).toContain('LOCKED OUT');
  });

  test.each([
    ['its service has a ready endpoint', {}, [slice(true)]],
    ['it fails open', { failurePolicy: 'Ignore' }, []],
    ['its rules are about other resources', { rules: [{ ...RULE, resources: ['pods', 'configmaps/status'] }] }, []],
    ['its rules are about other operations', { rules: [{ ...RULE, operations: ['DELETE'] }] }, []],
    ['its rules are about cluster-scoped objects', { rules: [{ ...RULE, scope: 'Cluster' }] }, []],
    ['it looks at other namespaces', { namespaceSelector: { matchLabels: { team: 'b' } } }, []],
    ['it looks at other objects', { objectSelector: { matchLabels: { app: 'other' } } }, []],
  ])('locks nothing out when %s', async (_when, entry, more) => {
    const bench = yard([...recorded('config-drift', 'injected'), shop, webhook(entry), ...more]);
    expect((await revert(bench)).result).toMatchObject({ lockOuts: [], remaining: 0 });
  });

  test('locks out when its endpoints are not ready, when it matches all, and for an unset policy', async () => {
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
    const bench = yard([
      ...recorded('config-drift', 'injected'),
      shop,
      slice(false),
      webhook({ rules, failurePolicy: undefined, namespaceSelector: { matchLabels: { team: 'a' } } }),
    ]);
    expect((await revert(bench)).result.lockOuts).toHaveLength(1);
  });
});

test('what is Terminating is waited for, and then put back', async () => {
  const bench = yard([...recorded('namespace-deletion', 'injected')]);
  const scratch = { apiVersion: 'v1', kind: 'Namespace', name: 'shop-scratch' };
  bench.api.forget(scratch);
  bench.api.put({
    ...scratch,
    metadata: { name: scratch.name, deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['a/b'] },
  });
  const { injections } = await scan(bench.deps);
  const events: RevertEvent[] = [];
  const reverting = revertAll(bench.deps, injections, {
    trust: { everything: 'caller' },
    emit: event => events.push(event),
  });
  void bench.deps.clock.sleep(45_000).then(() => bench.api.forget(scratch));
  expect(await reverting).toMatchObject({ remaining: 0 });
  expect(events.find(({ event }) => event === 'waiting')).toMatchObject({
    says: [expect.stringContaining('Terminating')],
  });
});

test('an item that nothing helps is told as final in the end', async () => {
  const bench = locked(webhook());
  const { events } = await revert(bench);
  expect(events.filter(event => event.event === 'receipt' && event.final)).toHaveLength(1);
});

test('where nothing could be seen, nobody says that 0 remain', async () => {
  const { api, deps } = yard([]);
  api.script({ on: ({ verb }) => verb === 'list', times: 1000, answer: failing('forbidden', 'no') });
  const result = await revertAll(deps, []);
  expect(isRemainUnknown(result)).toBe(true);
  expect(revertJson(result, 0).remaining).toBeNull();
  expect(remainLine(result)).toContain('REMAIN unknown');
  expect(revertExitCode(result)).toBe(7);
});
