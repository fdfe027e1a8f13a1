import { beforeAll, describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { eventsIn, verdictOf } from './mayday.ts';
import { drift } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage, openStage, type Stage } from './stage.ts';

/** People who may not do everything. */
export function forbiddenJourneys(given: () => Provider): void {
  const test = onStage(given);
  beforeAll(() => installRoles(given()));

  describe('a viewer', () => {
    test('sees all there is to see, and is refused in one line before anything is written', async ({ stage }) => {
      await stage.set();
      const viewer = await createUser(stage, 'viewer', { everywhere: ['mayday-viewer'] });
      expect((await stage.mayday(['scan'], viewer)).code).toBe(0);
      expect((await stage.mayday(['status'], viewer)).stdout).not.toContain('BLIND');
      const plan = await stage.mayday(['-o', 'json', 'plan', stage.faultSpec(drift)], viewer);
      const denied = JSON.parse(plan.stdout).permissions.filter((each: { allowed: boolean }) => !each.allowed);
      expect(denied).toMatchObject([
        { verb: 'patch', resource: 'configmaps', for: 'inject' },
        { verb: 'patch', resource: 'configmaps', for: 'revert' },
      ]);
      expect(plan.code).toBe(8);
      await expectRefusal(stage, viewer, 'viewer', 'patch configmaps');
      const latch = await stage.mayday(['latch', 'on'], viewer);
      expect(latch.stderr).toMatch(/^mayday: the latch was not changed: .*viewer.*cannot create.*configmaps.*\n$/);
      expect(latch.code).toBe(8);
    });

    test('cannot revert: each object says why, they are counted as remaining, exit 7', async ({ stage }) => {
      await stage.set();
      const viewer = await createUser(stage, 'viewer', { everywhere: ['mayday-viewer'] });
      await killedRun(stage);
      const here = ['-n', stage.namespace, '-o', 'json'];
      const { injections } = JSON.parse((await stage.mayday([...here, 'scan'], viewer)).stdout);
      expect(injections).toHaveLength(1);
      const tried = await stage.mayday([...here, 'revert', injections[0].id, '--yes'], viewer);
      expect(JSON.parse(tried.stdout)).toMatchObject({
        receipts: [{ outcome: 'failed', verified: false, message: expect.stringMatching(/cannot patch.*configmaps/) }],
        remaining: 1,
      });
      expect(tried.code).toBe(7);
    });
  });

  describe('an injector of one namespace', () => {
    test('injects and reverts there, and is refused next door', async ({ stage }) => {
      await stage.set();
      const injector = await createUser(stage, 'injector', {
        everywhere: ['mayday-viewer'],
        here: ['mayday-injector'],
      });
      const run = stage.run({ ...drift, recovery: '3s' }, '--kubeconfig', injector);
      const ended = await run.ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Degraded', residue: 0 });
      expect(ended.code).toBe(3);
      const nextDoor = await openStage(given());
      await nextDoor.set();
      await expectRefusal(nextDoor, injector, 'injector', 'patch configmaps');
      await nextDoor.close();
    });
  });

  describe('a stranger', () => {
    test('is told what the cluster does not let them see, and nothing is called clean', async ({ stage }) => {
      await stage.set();
      const stranger = await createUser(stage, 'stranger', {});
      const scan = await stage.mayday(['scan'], stranger);
      expect(scan.stdout).toMatch(/BLIND {5}configmaps: forbidden \(list\) for system:serviceaccount:/);
      expect(scan.stdout).toMatch(/0 injections found, but blind to \d+: there may be more/);
      expect(scan.code).toBe(8);
      const run = await stage.run(drift, '--kubeconfig', stranger).ended;
      expect(verdictOf(run)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
      expect(eventsIn(run.stdout).some(said => said.event === 'injected')).toBe(false);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
    });
  });
}

/** A run of this person ends 8 with one reason that names who may not do what where, and nothing was written. */
async function expectRefusal(stage: Stage, person: string, name: string, what: string): Promise<void> {
  const run = await stage.run(drift, '--kubeconfig', person).ended;
  const [reason = '', ...more] = verdictOf(run).reasons;
  expect(reason).toMatch(/^refused, nothing was injected: /);
  expect(reason).toContain(`${name} may not ${what} in ${stage.namespace} (to inject)`);
  expect(more).toEqual([]);
  expect(run.code).toBe(8);
  expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
}
