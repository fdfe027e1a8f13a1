import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import type { Provider } from '../providers/provider.ts';
import { drift, lasting, podKill, settings, web } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** Before anything is injected: what is there, and what would be done. */
export function firstLookJourneys(given: () => Provider): void {
  const test = onStage(given);
  describe('a first look', () => {
    test('health appears: what is well is counted, what is broken is named with its reason', async ({ stage }) => {
      await stage.set();
      const sick = web('registry.invalid/none:1');
      sick.metadata.name = 'sick';
      sick.metadata.labels = sick.spec.selector.matchLabels = sick.spec.template.metadata.labels = { app: 'sick' };
      await stage.apply(sick);
      const troubles = await eventually<{ name: string; what: string }[]>('the sick pod', async () => {
        const { code, stdout } = await stage.mayday(['-o', 'json', 'status']);
        expect(code).toBe(0);
        const pods = JSON.parse(stdout).kinds.find((each: { kind: string }) => each.kind === 'pods');
        expect(pods.count).toBeGreaterThanOrEqual(2);
        const here = pods.troubles.filter((each: { namespace: string }) => each.namespace === stage.namespace);
        return here.length > 0 && here;
      });
      expect(troubles).toHaveLength(1);
      expect(troubles[0]?.name).toMatch(/^sick-/);
      expect(troubles[0]?.what).toMatch(/ImagePullBackOff|ErrImagePull/);
    });

    test('a plan says what would be written, who is in reach, and that it is permitted; the server agrees', async ({
      stage,
    }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const report = await planOf(stage, stage.faultSpec(drift), '--server-dry-run');
      expect(report.writes).toMatchObject([
        { verb: 'patch', kind: 'ConfigMap', namespace: stage.namespace, name: 'settings' },
      ]);
      expect(report.undo).toMatchObject({ reversible: true });
      expect(report.permissions.every((each: { allowed: unknown }) => each.allowed === true)).toBe(true);
      expect(report.gates.every((each: { ok: boolean }) => each.ok)).toBe(true);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);

      const [pod] = (await stage.kubectl('get', 'pods', '-l', 'app=web', '-o', 'name')).trim().split('\n');
      const kill = await planOf(stage, stage.faultSpec(podKill));
      expect(kill.pods.map((each: { name: string }) => `pod/${each.name}`)).toEqual([pod]);
    });

    test('a plan that cannot be carried out says so in one line and ends 5', async ({ stage }) => {
      await stage.set();
      const nowhere = { ...drift, parameters: { ...drift.parameters, name: 'absent' } };
      const { code, stdout } = await stage.mayday(['plan', stage.faultSpec(nowhere)]);
      expect(code).toBe(5);
      expect(stdout).toContain('ConfigMap');
      expect(stdout).toContain('absent');
      await stage.apply({ ...settings(), metadata: { name: 'frozen' }, immutable: true });
      const frozen = { ...drift, parameters: { ...drift.parameters, name: 'frozen' } };
      expect((await stage.mayday(['plan', stage.faultSpec(frozen)])).code).toBe(5);
    });
  });
}

async function planOf(stage: Stage, path: string, ...more: string[]) {
  const { code, stdout, stderr } = await stage.mayday(['-o', 'json', 'plan', path, ...more]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}
