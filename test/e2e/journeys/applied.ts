import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../../cluster/eventually.ts';
import type { Ended } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import { frameworkController, type Script } from './framework-controller.ts';
import { eventsIn, type Running, type Said } from './mayday.ts';
import { type FaultSpec, isUp, type Thing } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage, type Stage } from './stage.ts';

const crd = (file: string): Thing => parse(readFileSync(new URL(`../../cluster/${file}`, import.meta.url), 'utf8'));
const CRD = crd('chaosexperiments.crd.yaml');
const STRICT = crd('chaosexperiments-strict.crd.yaml');
const NAME = 'e2e-finalizerblock';
const block: FaultSpec = {
  type: 'FinalizerBlock',
  parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', finalizer: 'chaos.operatorchaos.io/block' },
  ttl: '60s',
  danger: 'high',
};

/** Experiments that the framework's own controller carries out, played by a stand-in, and what `mayday apply` shows of them. */
export function appliedJourneys(given: () => Provider): void {
  const test = onStage(given);

  /** Deployment `web`, ConfigMap `settings` and the framework's kind. */
  async function set(stage: Stage, kind = CRD): Promise<void> {
    await stage.set();
    await stage.until('deployment', 'web', isUp);
    // Of the cluster, so that no stage takes it away again.
    const path = stage.write('crd.json', JSON.stringify(kind));
    await stage.kubectl('apply', '--server-side', '-f', path);
    await stage.kubectl('wait', '--for=condition=Established', `crd/${CRD.metadata.name}`, '--timeout=60s');
    await eventually('the kind is served', () => stage.kubectl('get', 'chaosexperiments').then(() => true));
  }
  const words = (stage: Stage, ...more: string[]): string[] => [
    ...['-o', 'jsonl', 'apply', '--in', stage.namespace, '--yes', ...more],
  ];
  const applied = (stage: Stage, ...more: string[]): Running =>
    stage.start(words(stage, stage.faultSpec(block), ...more));
  const last = ({ stdout, stderr }: Ended): Said => {
    const said = eventsIn(stdout).at(-1);
    if (said === undefined) throw new Error(`nothing was said:\n${stderr}`);
    return said;
  };
  async function played(stage: Stage, script: Script): Promise<Ended> {
    const running = applied(stage);
    await Promise.all([frameworkController(stage, NAME, script), running.ended]);
    return running.ended;
  }
  const settings = async (stage: Stage): Promise<Thing> => (await stage.read('configmap', 'settings')).metadata;

  describe('an experiment given to the framework’s controller', () => {
    test('is followed by phase and clocks to its verdict, and nothing of it remains', async ({ stage }) => {
      await set(stage);
      const ended = await played(stage, { verdict: 'Resilient' });
      const said = eventsIn(ended.stdout);
      const phases = said.filter(({ event }) => event === 'phase').map(({ phase }) => phase);
      expect(phases.at(-1)).toBe('Complete');
      expect(phases).toContain('Observing');
      const clocks = said.find(({ event }) => event === 'begun');
      expect(Date.parse(String(clocks?.ttlEnd)) - Date.parse(String(clocks?.injectedAt))).toBe(60_000);
      expect(Date.parse(String(clocks?.observesUntil)) - Date.parse(String(clocks?.injectedAt))).toBe(30_000);
      expect(last(ended)).toMatchObject({ event: 'verdict', verdict: 'Resilient', remains: { state: 'none' } });
      expect(ended.code).toBe(0);
      expect((await settings(stage)).finalizers).toBeUndefined();
    });

    test('ends as its verdict says: Degraded 3, Failed 4; a fault that its controller left in outranks both', async ({
      stage,
    }) => {
      await set(stage);
      for (const [script, code] of [
        [{ verdict: 'Degraded' }, 3],
        [{ verdict: 'Failed' }, 4],
        [{ verdict: 'Resilient', leaks: true }, 7],
      ] as const) {
        const ended = await played(stage, script);
        expect([ended.code, last(ended).verdict]).toEqual([code, script.verdict]);
        await stage.kubectl('delete', 'chaosexperiment', NAME);
      }
      const { stdout } = await stage.mayday(['-o', 'json', 'scan']);
      const left = JSON.parse(stdout).injections.filter(({ object }: Thing) => object.namespace === stage.namespace);
      expect(left).toMatchObject([{ type: 'FinalizerBlock' }]);
      const ids = left.map(({ id }: Thing) => id);
      expect((await stage.mayday(['revert', ...ids, '--yes', '--trust-records'])).code).toBe(0);
      expect((await settings(stage)).finalizers).toBeUndefined();
    });

    test('that no controller takes is said to be accepted by nobody, is no verdict, and is taken away on request', async ({
      stage,
    }) => {
      await set(stage);
      const ended = await applied(stage, '--accept', '3s').ended;
      expect(ended.stderr).toContain('not accepted yet');
      expect(ended.stderr).toContain(`mayday apply --stop ${stage.namespace}/${NAME}`);
      expect(last(ended)).toMatchObject({ outcome: 'NOT ACCEPTED' });
      expect(last(ended)).not.toHaveProperty('verdict');
      expect(ended.code).toBe(5);

      const again = await stage.mayday(words(stage, stage.faultSpec(block)));
      expect(again.stderr).toContain('no phase yet: no controller has taken it');
      expect(again.stderr).toContain(`--name ${NAME}-2`);
      expect(again.code).toBe(2);

      const stopped = await stage.mayday(['apply', '--stop', `${stage.namespace}/${NAME}`, '--yes']);
      expect(stopped.code).toBe(0);
      expect(await stage.kubectl('get', 'chaosexperiments', '-o', 'name')).toBe('');
    });

    test('that a colleague deletes in the middle is seen deleted, reverted by its controller, and ends as aborted', async ({
      stage,
    }) => {
      await set(stage);
      const running = applied(stage);
      const controller = frameworkController(stage, NAME, { observesMs: 60_000 });
      await running.event('phase', ({ phase }) => phase === 'Observing');
      expect((await settings(stage)).finalizers).toHaveLength(1);
      await stage.kubectl('delete', 'chaosexperiment', NAME, '--wait=false');
      await controller;
      const ended = await running.ended;
      expect(eventsIn(ended.stdout).filter(({ event }) => event === 'deleted')).toHaveLength(1);
      expect(last(ended)).toMatchObject({ outcome: 'DELETED', remains: { state: 'none' } });
      expect(ended.code).toBe(6);
    });

    test('goes on when the console that follows it is killed, and is followed again to its verdict', async ({
      stage,
    }) => {
      await set(stage);
      const first = applied(stage);
      const controller = frameworkController(stage, NAME, { observesMs: 4_000, verdict: 'Degraded' });
      await first.event('phase', ({ phase }) => phase === 'Observing');
      first.signal('SIGKILL');
      await first.ended;
      const second = stage.start(['-o', 'jsonl', 'apply', '--follow', `${stage.namespace}/${NAME}`]);
      await second.event('begun');
      await controller;
      const ended = await second.ended;
      expect(last(ended)).toMatchObject({ verdict: 'Degraded', remains: { state: 'none' } });
      expect(ended.code).toBe(3);
    });

    test('goes on after ctrl-c, and --stop reverts what a dead controller holds', async ({ stage }) => {
      await set(stage);
      const running = applied(stage);
      await Promise.all([
        frameworkController(stage, NAME, { diesIn: 'Observing' }),
        running.event('phase', ({ phase }) => phase === 'Observing'),
      ]);
      running.signal('SIGINT');
      const left = await running.ended;
      expect(left.stderr).toContain(`mayday apply --follow ${stage.namespace}/${NAME}`);
      expect(left.code).toBe(5);
      expect((await settings(stage)).finalizers).toHaveLength(1);

      const stopped = await stage.mayday([
        ...['apply', '--stop', `${stage.namespace}/${NAME}`, '--yes', '--trust-records'],
      ]);
      expect([stopped.code, stopped.stderr]).toEqual([0, expect.any(String)]);
      expect((await settings(stage)).finalizers).toBeUndefined();
      expect(await stage.kubectl('get', 'chaosexperiments', '-o', 'name')).toBe('');
    });

    test('is given and followed by a person with the role for it, who may not inject; who has it not creates nothing', async ({
      stage,
    }) => {
      await installRoles(given());
      await set(stage);
      const everywhere = ['mayday-viewer'];
      const viewer = await createUser(stage, 'viewer', { everywhere });
      const refused = await stage.mayday(words(stage, stage.faultSpec(block)), viewer);
      expect(refused.stderr).toContain('may not create chaosexperiments.chaos.operatorchaos.io');
      expect(refused.code).toBe(8);

      const applier = await createUser(stage, 'applier', { everywhere, here: ['mayday-applier'] });
      const running = stage.start(words(stage, stage.faultSpec(block)), applier);
      await Promise.all([frameworkController(stage, NAME, { verdict: 'Resilient' }), running.ended]);
      const ended = await running.ended;
      expect(last(ended)).toMatchObject({ verdict: 'Resilient', remains: { state: 'none' } });
      expect(ended.stderr).toMatch(/should its controller not revert it, \S+ cannot either/);
      expect(ended.code).toBe(0);
    });

    test('is stopped by its own controller, where that lives', async ({ stage }) => {
      await set(stage);
      const running = applied(stage);
      const controller = frameworkController(stage, NAME, { observesMs: 60_000 });
      await running.event('phase', ({ phase }) => phase === 'Observing');
      const stopped = await stage.mayday([
        ...['-o', 'json', 'apply', '--stop', `${stage.namespace}/${NAME}`, '--yes', '--trust-records'],
      ]);
      await controller;
      expect(JSON.parse(stopped.stdout || '{}').stops).toMatchObject([{ outcome: 'stopped', verified: true }]);
      expect(stopped.code).toBe(0);
      expect((await settings(stage)).finalizers).toBeUndefined();
      expect(last(await running.ended)).toMatchObject({ outcome: 'DELETED', remains: { state: 'none' } });
    });

    test('that the installed CRD does not know is refused before it is created, with what runs it instead', async ({
      stage,
    }) => {
      await set(stage, STRICT);
      const scale: FaultSpec = { type: 'DeploymentScaleZero', parameters: { name: 'web' }, danger: 'high' };
      const refused = await eventually('the new schema is in force', async () => {
        const ended = await stage.mayday(words(stage, stage.faultSpec(scale), '--dry-run'));
        return ended.code === 0 ? undefined : ended;
      });
      expect(refused.stderr).toMatch(/Unsupported value: "DeploymentScaleZero".*`mayday run` runs it from here/);
      expect(refused.code).toBe(2);
      const taken = await stage.mayday(words(stage, stage.faultSpec(block), '--dry-run'));
      expect([taken.stderr, taken.code]).toEqual([expect.not.stringContaining('expected'), 0]);
      expect(await stage.kubectl('get', 'chaosexperiments', '-o', 'name')).toBe('');
      // For the journeys after this one, whose stand-ins write the status as a part of the object.
      await set(stage);
    });
  });
}
