import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import { eventually } from '../../cluster/eventually.ts';
import { definition, version } from '../../support/definition.ts';
import type { Provider } from '../providers/provider.ts';
import { drift, experiment, settings, type Thing } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage } from './stage.ts';

const CRD = parse(readFileSync(new URL('../../cluster/chaosexperiments.crd.yaml', import.meta.url), 'utf8'));
const CLEANUP = 'chaos.operatorchaos.io/cleanup';
const BLOCK = 'chaos.operatorchaos.io/block';

/** What else stops when everything must stop: the framework's own experiments in the cluster, and other chaos tools. */
export function orderJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('experiments of the framework in the cluster', () => {
    test('are shown, and stopped by a person with the roles: a pending one cannot begin, one that a dead controller holds is reverted, released, and its namespace goes', async ({
      stage,
    }) => {
      await installRoles(given());
      const held = `${stage.namespace}-held`;
      await stage.kubectl('create', 'namespace', held);
      await stage.apply(CRD);
      await stage.kubectl('wait', '--for=condition=Established', `crd/${CRD.metadata.name}`, '--timeout=60s');
      const next = order(stage.namespace, 'next', undefined);
      await eventually('the kind is served', () => stage.apply(next).then(() => true));
      const observing = { phase: 'Observing', injectionStartedAt: new Date(Date.now() - 120_000).toISOString() };
      const over = { phase: 'Complete', verdict: 'Resilient', injectionStartedAt: '2026-01-01T00:00:00Z' };
      await stage.apply(order(stage.namespace, 'ended', over));
      for (const object of [order(held, 'held', observing), blocked(held)]) {
        const path = stage.write(`${object.metadata.name}.json`, JSON.stringify(object));
        await stage.kubectl('-n', held, 'apply', '--server-side', '-f', path);
      }
      await stage.kubectl('delete', 'namespace', held, '--wait=false');
      await stage.kubectl('-n', held, 'delete', 'chaosexperiment', 'held', '--wait=false');

      const text = (await stage.mayday(['scan'])).stdout;
      expect(text).toMatch(new RegExp(`PENDING .*${stage.namespace}/next .*will inject`));
      expect(text).toMatch(new RegExp(`STUCK .*${held}/held .*Observing`));
      expect(text).toMatch(new RegExp(`OVER .*${stage.namespace}/ended .*Resilient`));
      expect(text).toContain('WILL INJECT AGAIN: 1 experiment is pending');

      const onCall = await createUser(stage, 'on-call', { everywhere: ['mayday-viewer', 'mayday-reverter'] });
      const ended = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes', '--trust-records'], onCall);
      const { stops, remaining, receipts, willInject } = JSON.parse(ended.stdout || '{}');
      expect(receipts).toMatchObject([{ verified: true }]);
      expect(Object.fromEntries(stops.map((one: Thing) => [one.object.name, one.outcome]))).toEqual({
        next: 'stopped',
        held: 'released',
      });
      expect({ remaining, willInject, code: ended.code, verified: stops.every((one: Thing) => one.verified) }).toEqual({
        remaining: 0,
        willInject: [],
        code: 0,
        verified: true,
      });
      expect(await stage.kubectl('get', 'chaosexperiments', '-A', '-o', 'name')).toBe(
        'chaosexperiment.chaos.operatorchaos.io/ended\n',
      );
      await eventually('the namespace goes', async () => {
        const names = await stage.kubectl('get', 'namespaces', '-o', 'name');
        return !names.split('\n').includes(`namespace/${held}`);
      });
      await stage.mayday(['latch', 'off']);
    });
  });

  describe('quiet after a stop', () => {
    test('is said where nothing is injected, and is not where something is', async ({ stage }) => {
      await stage.apply(settings());
      const here = ['-n', stage.namespace, 'quiet', '--for', '3s', '--interval', '1s'];
      const still = await stage.mayday(here);
      expect(still.stdout).toMatch(/^QUIET for \ds: nothing was injected$/m);
      expect(still.code).toBe(0);

      const watching = stage.mayday(['-o', 'jsonl', '-n', stage.namespace, 'quiet', '--for', '8s', '--interval', '1s']);
      await eventually('the first look', () => stage.kubectl('get', 'configmap', 'settings').then(() => true));
      await new Promise(resolve => setTimeout(resolve, 3_000));
      await stage.apply({
        ...blocked(stage.namespace),
        metadata: { ...blocked(stage.namespace).metadata, name: 'hit' },
      });
      const { code, stdout } = await watching;
      const events = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(events.filter(({ event }: Thing) => event === 'injected')).toMatchObject([
        { says: `FinalizerBlock on ConfigMap ${stage.namespace}/hit by operator-chaos` },
      ]);
      expect(events.at(-1)).toMatchObject({ event: 'end', blind: [] });
      expect(code).toBe(7);
      await stage.kubectl('patch', 'configmap', 'hit', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    });
  });

  describe('other chaos tools', () => {
    test('are shown while they live, and with --others asked by their own means, seen stopped', async ({ stage }) => {
      const kinds = ['NetworkChaos', 'PodChaos', 'Schedule'].map(kind => crd('chaos-mesh.org', kind));
      await stage.apply(...kinds, crd('litmuschaos.io', 'ChaosEngine'));
      for (const { metadata } of [...kinds, crd('litmuschaos.io', 'ChaosEngine')])
        await stage.kubectl('wait', '--for=condition=Established', `crd/${metadata.name}`, '--timeout=60s');
      const mesh = (kind: string, name: string, more: object): Thing => ({
        apiVersion: 'chaos-mesh.org/v1alpha1',
        kind,
        metadata: { name },
        ...more,
      });
      const engine = {
        apiVersion: 'litmuschaos.io/v1alpha1',
        kind: 'ChaosEngine',
        metadata: { name: 'engine' },
        spec: { engineState: 'active' },
        status: { engineStatus: 'initialized' },
      };
      const all = [
        mesh('Schedule', 'minutely', { spec: { schedule: '* * * * *', type: 'NetworkChaos' } }),
        mesh('PodChaos', 'killed', {
          spec: { action: 'pod-kill' },
          status: { conditions: [{ type: 'AllInjected', status: 'True' }] },
        }),
        engine,
      ];
      await eventually('the kinds are served', () => stage.apply(...all).then(() => true));

      const scan = JSON.parse((await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan'])).stdout);
      expect(scan.injections.map(({ object }: Thing) => object.name).toSorted()).toEqual(['engine', 'minutely']);

      const asking = stage.mayday(['-o', 'json', '-n', stage.namespace, 'revert', '--all', '--others', '--yes']);
      // What the operator of Litmus does when it is told to stop.
      await stage.until('chaosengine', 'engine', ({ spec }) => spec.engineState === 'stop');
      await stage.kubectl(
        'patch',
        'chaosengine',
        'engine',
        '--type=merge',
        '-p',
        '{"status":{"engineStatus":"stopped"}}',
      );
      const ended = await asking;
      const { stops } = JSON.parse(ended.stdout || '{}');
      for (const stop of stops)
        expect(stop).toMatchObject({
          outcome: 'asked',
          verified: true,
          message: 'asked its own tool to stop; read again, it is stopped',
        });
      expect({ count: stops.length, code: ended.code }).toEqual({ count: 2, code: 0 });
      expect((await stage.read('schedule', 'minutely')).metadata.annotations).toMatchObject({
        'experiment.chaos-mesh.org/pause': 'true',
      });
      const after = JSON.parse((await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan'])).stdout);
      expect(after.injections).toEqual([]);
    });
  });
}

const order = (namespace: string, name: string, status: object | undefined): Thing => {
  const made = experiment(namespace, { ...drift, type: 'FinalizerBlock', ttl: '300s' });
  made.metadata = { name, namespace, ...(name === 'held' ? { finalizers: [CLEANUP] } : {}) };
  made.spec.injection.parameters = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', finalizer: BLOCK };
  return { ...made, ...(status === undefined ? {} : { status }) };
};

/** ConfigMap `settings` with what the framework's FinalizerBlock leaves on it. */
const blocked = (namespace: string): Thing => ({
  ...settings(),
  metadata: {
    name: 'settings',
    namespace,
    finalizers: [BLOCK],
    labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'FinalizerBlock' },
    annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
  },
});

/** The least that makes the API server take objects of this kind. */
const crd = (group: string, kind: string): Thing => {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('chaos') ? singular : `${singular}s`;
  return definition(group, kind, [version('v1alpha1')], { plural });
};
