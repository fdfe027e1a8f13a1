import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { remainLine, revertExitCode, scanExitCode, scanJson, scanText } from '../../../src/revert/report.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { type ScanEvent, scan } from '../../../src/revert/scan/scan.ts';
import { failing } from '../../support/fake-api.ts';
import { recorded, yard } from '../support/stuck.ts';

const TYPE = 'chaos.operatorchaos.io/type';
const labelled = (kind: string, apiVersion: string, type: string, name = 'x'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', labels: { [TYPE]: type, 'app.kubernetes.io/managed-by': 'operator-chaos' } },
});
const now = Date.UTC(2026, 10, 21, 12);

describe('a blind scan', () => {
  test('never says zero, whichever lists are denied', async () => {
    const kinds = [
      'Pod',
      'ConfigMap',
      'Secret',
      'Service',
      'Deployment',
      'Lease',
      'ClusterRoleBinding',
      'NetworkPolicy',
    ];
    await fc.assert(
      fc.asyncProperty(fc.subarray(kinds, { minLength: 1 }), fc.boolean(), async (denied, deep) => {
        const { api, deps } = yard([]);
        api.script({
          on: ({ verb, kind }) => verb === 'list' && denied.includes(kind),
          times: 1000,
          answer: failing('forbidden', 'no'),
        });
        const result = await scan(deps, { deep });
        expect(result.injections).toEqual([]);
        expect(result.blind).toHaveLength(denied.length);
        expect(scanText(result, now).at(-1)).toContain('there may be more');
        expect(scanText(result, now).join()).not.toContain('no injections');
        expect(scanExitCode(result)).toBe(8);
      }),
      { numRuns: 40 },
    );
  });

  test('after a revert cannot turn an unproven receipt into zero', async () => {
    const { api, deps } = yard(recorded('config-drift', 'injected'));
    const found = await scan(deps);
    api.script({ on: ({ verb }) => verb === 'patch', times: 1000, answer: failing('forbidden', 'no') });
    api.script({ on: ({ verb }) => verb === 'list', times: 1000, answer: failing('forbidden', 'no') });
    const result = await revertAll(deps, found.injections);
    expect(result.remaining).toBe(1);
    expect(revertExitCode(result)).toBe(7);
  });

  test('is blind to what it could not read beside a record, and does not only call the record corrupt', async () => {
    const { api, deps } = yard(recorded('owner-ref-orphan', 'injected'));
    api.script({
      on: ({ verb, kind }) => verb === 'get' && kind === 'Deployment',
      times: 1000,
      answer: failing('server-error', 'no'),
    });
    const result = await scan(deps);
    expect(result.injections).toMatchObject([{ state: 'corrupt' }]);
    expect(result.blind).toHaveLength(1);
    expect(scanExitCode(result)).toBe(8);
  });

  test('says so when discovery itself fails', async () => {
    const { api, deps } = yard([]);
    api.discovery = () => Promise.resolve(failing('unreachable', 'connection refused'));
    expect(await scan(deps)).toMatchObject({ injections: [], blind: [{ resource: '*' }] });
  });

  test('remembers an object that could not be read', async () => {
    const { api, deps } = yard(recorded('config-drift', 'injected'));
    api.script({ on: ({ verb }) => verb === 'get', times: 10, answer: failing('forbidden', 'no') });
    const result = await scan(deps);
    expect(result.blind).toMatchObject([{ resource: 'configmaps' }]);
  });
});

describe('what is found', () => {
  test('types this version cannot restore are listed, say so, and remain', async () => {
    const policy = labelled('NetworkPolicy', 'networking.k8s.io/v1', 'NetworkPartition');
    const deps = { ...yard([policy]).deps, faultOf: () => undefined };
    const found = await scan(deps);
    expect(found.injections).toMatchObject([{ type: 'NetworkPartition', state: 'injected' }]);
    expect(found.injections[0]?.message).toContain('cannot revert NetworkPartition');
    const result = await revertAll(deps, found.injections);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed' }] });
    expect(remainLine(result)).toContain('REMAIN 1');
  });

  test('copies of markers are not injections: ReplicaSets, Pods, EndpointSlices', async () => {
    const copy = labelled('ReplicaSet', 'apps/v1', 'ImageCorrupt');
    copy.metadata.annotations = { 'chaos.operatorchaos.io/original-image-web': 'shop/web:1' };
    const { deps } = yard([copy, labelled('Pod', 'v1', 'ImageCorrupt')]);
    expect(await scan(deps, { deep: true })).toMatchObject({ injections: [] });
  });

  test('a label that contradicts the record makes it corrupt, and it is not touched', async () => {
    const [victim] = recorded('config-drift', 'injected');
    if (!victim?.metadata.labels) throw new Error('the recorded victim has labels');
    victim.metadata.labels[TYPE] = 'LabelStomping';
    const { api, deps } = yard([victim]);
    const found = await scan(deps);
    expect(found.injections).toMatchObject([{ state: 'corrupt' }]);
    expect(found.injections[0]?.message).toContain('the label says LabelStomping, its undo record says ConfigDrift');
    const before = api.all();
    expect(await revertAll(deps, found.injections, { force: true })).toMatchObject({ remaining: 1 });
    expect(api.all()).toEqual(before);
  });

  test('a record with a bad checksum is refused and shown', async () => {
    const [victim] = recorded('config-drift', 'injected');
    if (!victim?.metadata.annotations) throw new Error('the recorded victim has annotations');
    const key = 'chaos.operatorchaos.io/rollback-data';
    victim.metadata.annotations[key] = victim.metadata.annotations[key]?.replace('live', 'evil') ?? '';
    const { api, deps } = yard([victim]);
    const found = await scan(deps);
    expect(found.injections).toMatchObject([{ state: 'corrupt', type: 'ConfigDrift' }]);
    expect(await revertAll(deps, found.injections)).toMatchObject({ remaining: 1 });
    expect(api.all()[0]?.data).toMatchObject({ mode: 'chaos' });
  });

  test('only the deep scan finds a record whose label was stripped from a kind without plain annotations', async () => {
    const service = labelled('Service', 'v1', 'FinalizerBlock');
    delete service.metadata.labels;
    service.metadata.annotations = {
      'chaos.operatorchaos.io/rollback-data':
        '{"data":{"finalizer":"chaos.operatorchaos.io/block"},"checksum":"415afa9ec9bc6c0206377f1bda260c18af757f26d50d193c7c8ea85a513240ba"}',
    };
    const { deps } = yard([service]);
    expect((await scan(deps)).injections).toEqual([]);
    expect((await scan(deps, { deep: true })).injections).toMatchObject([{ type: 'FinalizerBlock' }]);
  });

  test('results and experiments of the framework are not injections', async () => {
    const result: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'chaos-result-x-20261121-120000',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/verdict': 'resilient' },
      },
    };
    const { deps } = yard([result]);
    expect((await scan(deps, { deep: true })).injections).toEqual([]);
  });

  test('comes as it is found, before the scan ends', async () => {
    const { deps } = yard(recorded('config-drift', 'injected'));
    const events: ScanEvent[] = [];
    await scan(deps, { emit: event => events.push(event) });
    const finding = events.findIndex(event => event.event === 'finding');
    const last = events.findLastIndex(event => event.event === 'progress');
    expect(finding).toBeGreaterThanOrEqual(0);
    expect(finding).toBeLessThan(last);
  });

  test('has the stable JSON shape, with how long it is overdue', async () => {
    const policy = labelled('NetworkPolicy', 'networking.k8s.io/v1', 'NetworkPartition');
    policy.metadata.annotations = { 'chaos.operatorchaos.io/expires': '2026-11-21T11:59:00Z' };
    const { deps } = yard([policy]);
    const [finding] = scanJson(await scan(deps), now).injections;
    expect(finding).toMatchObject({
      id: 'NetworkPartition:shop/NetworkPolicy.networking.k8s.io/x',
      object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'x' },
      expiresAt: '2026-11-21T11:59:00.000Z',
      overdueSeconds: 60,
    });
  });
});
