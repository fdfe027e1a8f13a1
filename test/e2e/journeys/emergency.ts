import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { verdictOf } from './mayday.ts';
import { drift, lasting, podKill } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** What is left when a console dies, and getting it out. Reverting all latches the whole cluster: one at a time. */
export function emergencyJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('kill -9 in mid-fault', () => {
    test('is announced by the next process, found, reverted exactly, and latched until a person says otherwise', async ({
      stage,
    }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const run = await killedRun(stage);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');

      const next = await stage.run(podKill).ended;
      expect(next.stderr).toContain(`a run died before the fault was reverted (${run}); \`mayday revert --all\``);
      expect(next.code).toBe(0);

      const scan = await stage.mayday(['-o', 'json', 'scan']);
      expect(scan.code).toBe(0);
      expect(JSON.parse(scan.stdout)).toMatchObject({
        injections: [
          {
            type: 'ConfigDrift',
            state: 'injected',
            tool: 'mayday',
            run,
            object: { kind: 'ConfigMap', namespace: stage.namespace, name: 'settings' },
          },
        ],
        blind: [],
      });

      const dry = await stage.mayday(['-o', 'json', 'revert', '--all', '--dry-run']);
      expect(JSON.parse(dry.stdout).steps).toMatchObject([{ action: 'restore' }]);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');

      const reverted = await stage.mayday(['revert', '--all', '--yes']);
      expect(reverted.stdout).toMatch(/✓ reverted .* ConfigDrift ConfigMap .*settings {2}verified/);
      expect(reverted.stdout.trim().split('\n').at(-1)).toMatch(/^REMAIN 0 {3}verified 1/);
      expect(reverted.stderr).toContain('latch ON');
      expect(reverted.code).toBe(0);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      expect((await stage.mayday(['scan'])).stdout).toContain('no injections');

      const refused = await stage.run(drift).ended;
      expect(verdictOf(refused).reasons[0]).toMatch(/latched by .* \(reverting all \(1 found\)\)/);
      expect(refused.code).toBe(5);
      expect(refused.stderr).not.toContain('died before');
      expect((await stage.mayday(['latch', 'off'])).code).toBe(0);
      expect((await stage.run(podKill).ended).code).toBe(0);
    });

    test('leaves something that one id reverts, and no latch', async ({ stage }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      await killedRun(stage);
      const { injections } = JSON.parse((await stage.mayday(['-o', 'json', 'scan'])).stdout);
      expect(injections).toHaveLength(1);
      const reverted = await stage.mayday(['-o', 'json', 'revert', injections[0].id, '--yes']);
      expect(JSON.parse(reverted.stdout)).toMatchObject({
        receipts: [{ outcome: 'reverted', verified: true }],
        remaining: 0,
      });
      expect(reverted.code).toBe(0);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      expect(JSON.parse((await stage.mayday(['-o', 'json', 'latch', 'status'])).stdout)).toEqual({ latched: false });
    });

    test('and a value that somebody changed since is shown and not overwritten, until told to', async ({ stage }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '-p', '{"data":{"mode":"by hand"}}');
      const asked = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes']);
      expect(JSON.parse(asked.stdout)).toMatchObject({ receipts: [{ outcome: 'diverged' }], remaining: 1 });
      expect(asked.code).toBe(7);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('by hand');
      const forced = await stage.mayday(['revert', '--all', '--yes', '--force-diverged']);
      expect(forced.code).toBe(0);
      expect((await stage.read('configmap', 'settings')).data).toEqual({ mode: 'live', other: 'kept' });
      await stage.mayday(['latch', 'off']);
    });
  });

  describe('the guardian', () => {
    test('reverts at the TTL what a killed run left, and the next process says so', async ({ stage }) => {
      stage.write('config/mayday/config.yaml', 'guardian: at-ttl\n');
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const run = await killedRun(stage, { ...drift, ttl: '12s' });
      const meanwhile = await stage.run(podKill).ended;
      expect(meanwhile.stderr).toMatch(
        new RegExp(`run ${run} died; its guardian \\(pid \\d+\\) ends the fault in \\d+s`),
      );
      await stage.until('configmap', 'settings', ({ data }) => data.mode === 'live');
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      expect(JSON.parse((await stage.mayday(['-o', 'json', 'scan'])).stdout)).toMatchObject({ injections: [] });
    });
  });

  describe('the latch', () => {
    test('stops every injection, says who and why, and is turned off', async ({ stage }) => {
      await stage.set();
      const on = await stage.mayday(['latch', 'on', '--why', 'an incident']);
      expect(on.stdout).toMatch(/^latch ON since .* by .*: an incident/);
      const plan = await stage.mayday(['plan', stage.faultSpec(drift)]);
      expect(plan.code).toBe(5);
      const run = await stage.run(drift).ended;
      expect(run.code).toBe(5);
      expect(verdictOf(run).reasons[0]).toMatch(/^refused, nothing was injected: latch.*an incident.*mayday latch off/);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
      expect((await stage.mayday(['latch', 'off'])).stdout).toBe('latch off\n');
      expect((await stage.run({ ...drift, recovery: '2s' }).ended).code).toBe(3);
    });
  });
}

/** A run killed with its fault in; resolves with its id. */
export async function killedRun(stage: Stage, faultSpec = drift): Promise<string> {
  const run = stage.run({ ttl: '300s', ...faultSpec });
  const { run: id } = await run.event('injected');
  run.signal('SIGKILL');
  expect((await run.ended).code).toBe(137);
  return id;
}
