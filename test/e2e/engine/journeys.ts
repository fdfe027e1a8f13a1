import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectRef } from '../../../src/k8s/object.ts';
import { journalPath, readEntries } from '../../../src/records/journal.ts';
import type { RunEvent } from '../../../src/run/event.ts';
import { exitCode } from '../../../src/run/verdict/result.ts';
import { type Bench, experimentOn, isAvailable, openBench, type Provider, web } from './bench.ts';

const SOAK_MS = 3_000;

/** What the engine must do on any cluster, written once. */
export function engineJourneys(open: () => Promise<Provider>): void {
  let bench: Bench;
  let deployment: ObjectRef;
  let config: ObjectRef;

  beforeAll(async () => {
    bench = await openBench(await open());
    const { namespace } = bench;
    deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' };
    config = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' };
    await bench.must(web(namespace));
    await bench.must({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { mode: 'live', other: 'kept' },
    });
  }, 120_000);
  beforeEach(() => bench.until(deployment, isAvailable));
  afterAll(() => bench?.close());

  const quiet = { emit: () => undefined, soakMs: SOAK_MS };
  const scanHere = () => bench.engine.scan({ deep: true, namespace: bench.namespace });

  describe('PodKill', () => {
    test('is healed by the controllers: Resilient, effect proven, nothing to revert', async () => {
      const events: RunEvent[] = [];
      const loaded = experimentOn(bench.namespace, { type: 'PodKill', parameters: { labelSelector: 'app=web' } });
      const { result } = await bench.engine.run(loaded, { ...quiet, emit: event => events.push(event) });
      expect(result.reasons[0]).toContain('healed by itself');
      expect(result).toMatchObject({ verdict: 'Resilient', selfHealed: true, residue: 0 });
      expect(result.restoredBy).toContain('kube-controller-manager');
      expect(events.some(event => event.event === 'effect' && event.state === 'proven')).toBe(true);
      expect(exitCode(result)).toBe(0);
    }, 120_000);
  });

  describe('ConfigDrift', () => {
    test('that nobody heals is put back exactly: Degraded, 0 remain', async () => {
      const before = await bench.get(config);
      const loaded = experimentOn(
        bench.namespace,
        { type: 'ConfigDrift', parameters: { name: 'settings', key: 'mode', value: 'chaos' } },
        8_000,
      );
      const { result, recordPath } = await bench.engine.run(loaded, quiet);
      expect(result).toMatchObject({ verdict: 'Degraded', selfHealed: false, restoredBy: 'mayday', residue: 0 });
      expect(result.receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
      const after = await bench.get(config);
      expect({ data: after.data, labels: after.metadata.labels, annotations: after.metadata.annotations }).toEqual({
        data: before.data,
        labels: before.metadata.labels,
        annotations: before.metadata.annotations,
      });
      expect(JSON.parse(await readFile(recordPath ?? '', 'utf8'))).toMatchObject({
        kind: 'mayday-run',
        result: { verdict: 'Degraded' },
      });
    }, 120_000);

    test('that a person heals is told from one that we reverted', async () => {
      const loaded = experimentOn(bench.namespace, {
        type: 'ConfigDrift',
        parameters: { name: 'settings', key: 'mode', value: 'chaos' },
      });
      const { result } = await bench.engine.run(loaded, {
        ...quiet,
        emit: event => {
          if (event.event === 'effect')
            void bench.api.patch(config, 'merge', { data: { mode: 'live' } }, { fieldManager: 'carol' });
        },
      });
      expect(result).toMatchObject({ verdict: 'Resilient', selfHealed: true, restoredBy: 'carol' });
    }, 120_000);

    test('of a Secret leaves neither the value nor the backup behind', async () => {
      const secret: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: bench.namespace, name: 'keys' };
      const data = { password: Buffer.from('s3cr3t').toString('base64') };
      await bench.must({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys', namespace: bench.namespace },
        data,
      });
      const parameters = { name: 'keys', key: 'password', value: 'wrong', resourceType: 'Secret' };
      const { result } = await bench.engine.run(
        experimentOn(bench.namespace, { type: 'ConfigDrift', parameters }, 5_000),
        quiet,
      );
      expect(result).toMatchObject({ verdict: 'Degraded', residue: 0 });
      expect((await bench.get(secret)).data).toEqual(data);
      expect(await scanHere()).toMatchObject({ injections: [], blind: [] });
    }, 120_000);
  });

  describe('ImageCorrupt', () => {
    test('is survived by the old pod, then rolled out cleanly: Resilient', async () => {
      const before = await bench.get(deployment);
      const loaded = experimentOn(
        bench.namespace,
        { type: 'ImageCorrupt', parameters: { name: 'web' }, ttlMs: 60_000 },
        40_000,
      );
      const { result } = await bench.engine.run(loaded, quiet);
      expect(result.reasons[0]).toContain('survived the fault');
      expect(result).toMatchObject({ verdict: 'Resilient', residue: 0, restoredBy: 'mayday' });
      expect((await bench.get(deployment)).spec).toEqual(before.spec);
    }, 180_000);
  });

  describe('an interrupted run', () => {
    test('reverts what it wrote and ends 6', async () => {
      const stop = new AbortController();
      const loaded = experimentOn(bench.namespace, {
        type: 'ConfigDrift',
        parameters: { name: 'settings', key: 'mode', value: 'chaos' },
      });
      const { result } = await bench.engine.run(loaded, {
        ...quiet,
        signal: stop.signal,
        emit: event => {
          if (event.event === 'effect') stop.abort();
        },
      });
      expect(exitCode(result)).toBe(6);
      expect((await bench.get(config)).data).toEqual({ mode: 'live', other: 'kept' });
    }, 120_000);
  });

  describe('what a dead console left', () => {
    test('is in its journal, found by a scan, reverted, and 0 remain', async () => {
      const { namespace, engine, api } = bench;
      // A run whose reverting is cut off as kill -9 would: the writes are there, the journal has no end.
      const loaded = experimentOn(namespace, {
        type: 'ConfigDrift',
        parameters: { name: 'settings', key: 'mode', value: 'chaos' },
      });
      const dead = new Promise<string>(resolve => {
        void engine
          .run(loaded, {
            ...quiet,
            emit: event => {
              if (event.event === 'injected') resolve(event.run);
            },
            soakMs: 3_600_000,
          })
          .catch(() => undefined);
      });
      const run = await dead;
      const { entries } = readEntries(await readFile(journalPath(bench.stateDir, run), 'utf8'));
      expect(entries.map(entry => entry.entry)).toEqual(expect.arrayContaining(['begin', 'intent', 'result']));
      const found = await engine.scan({ namespace });
      expect(found.injections).toMatchObject([
        { type: 'ConfigDrift', state: 'injected', tool: 'mayday', run, by: api.identity.user },
      ]);
      const reverted = await engine.revert(found.injections, { rescan: { deep: true, namespace } });
      expect(reverted).toMatchObject({ remaining: 0, blind: [] });
      expect(reverted.receipts).toMatchObject([{ outcome: 'reverted', verified: true, requests: 3 }]);
      expect((await bench.get(config)).data).toEqual({ mode: 'live', other: 'kept' });
    }, 120_000);

    test('of the framework is found too, by its own marks', async () => {
      const { namespace, engine, api } = bench;
      const record =
        '{"data":{"key":"mode","keyExists":"true","originalValue":"live","resourceType":"ConfigMap"},"checksum":"c58eed9af8b029ed3f2d6f7e770b930c3d82786aee895220beb8a38e39017161"}';
      const metadata = {
        annotations: { 'chaos.operatorchaos.io/rollback-data': record },
        labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'ConfigDrift' },
      };
      await api.patch(config, 'merge', { metadata, data: { mode: 'chaos' } }, { fieldManager: 'operator-chaos' });
      const found = await engine.scan({ namespace });
      expect(found.injections).toMatchObject([{ type: 'ConfigDrift', state: 'injected', tool: 'operator-chaos' }]);
      const dry = await engine.revert(found.injections, { dryRun: true });
      expect(dry.steps).toMatchObject([{ action: 'restore' }]);
      expect((await bench.get(config)).data).toMatchObject({ mode: 'chaos' });
      expect(await engine.revert(found.injections, { rescan: { deep: true, namespace } })).toMatchObject({
        remaining: 0,
      });
      const after = await bench.get(config);
      expect(after.data).toEqual({ mode: 'live', other: 'kept' });
      expect(after.metadata.labels).toBeUndefined();
    }, 120_000);
  });
}
