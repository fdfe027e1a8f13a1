import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { eventsIn, verdictOf } from './mayday.ts';
import { drift, isUp, lasting, podKill, web } from './objects.ts';
import { onStage } from './stage.ts';

/** Every verdict, reached for its true reason. */
export function verdictJourneys(given: () => Provider): void {
  const test = onStage(given);
  describe('a run', () => {
    test('is Resilient where the controllers make a new pod', async ({ stage }) => {
      await stage.set();
      const ended = await stage.run(podKill).ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', selfHealed: true, residue: 0 });
      expect(verdictOf(ended).reasons[0]).toMatch(/^healed by itself: .* by kube-controller-manager$/);
      expect(eventsIn(ended.stdout).some(said => said.event === 'effect' && said.state === 'proven')).toBe(true);
      expect(ended.code).toBe(0);
      await stage.until('deployment', 'web', isUp);
    });

    test('is Resilient also where its target chooses its pods by expressions: it is no bystander that was harmed', async ({
      stage,
    }) => {
      const chosen = web();
      chosen.spec.selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'another'] }] };
      await stage.apply(chosen);
      await stage.until('deployment', 'web', isUp);
      const ended = await stage.run(podKill).ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', selfHealed: true, residue: 0 });
      expect(verdictOf(ended).reasons.join('\n')).not.toMatch(/outside the blast radius|collateral|stopped serving/);
    });

    test('is Degraded where nobody puts the value back but us', async ({ stage }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const ended = await stage.run({ ...drift, recovery: '5s' }).ended;
      expect(verdictOf(ended)).toMatchObject({
        verdict: 'Degraded',
        selfHealed: false,
        restoredBy: 'mayday',
        residue: 0,
      });
      expect(verdictOf(ended).reasons[0]).toMatch(/^nobody healed it: it took our revert/);
      expect(ended.code).toBe(3);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('is Failed where a quota that nobody noticed keeps the new pod out', async ({ stage }) => {
      await stage.set();
      // The pod that runs was there before; the next one will not be let in.
      await stage.apply({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'shrunk' },
        spec: { hard: { pods: '0' } },
      });
      await stage.until('resourcequota', 'shrunk', ({ status }) => status?.hard?.pods === '0');
      const ended = await stage.run({ ...podKill, recovery: '6s' }).ended;
      const { verdict, reasons } = verdictOf(ended);
      expect({ verdict, code: ended.code }).toEqual({ verdict: 'Failed', code: 4 });
      expect(reasons[0]).toMatch(/^steady state was not back within 6\.0s after the fault was gone$/);
      expect(reasons.join('\n')).toMatch(
        /failing: Deployment .*web Available: expected Available=True, found Available=False/,
      );
    });

    test('is Inconclusive, and nothing injected, where the baseline was not steady', async ({ stage }) => {
      await stage.apply(web('registry.invalid/none:1'));
      const ended = await stage.run(podKill, '--set', 'steadyState.timeout=2s').ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
      expect(verdictOf(ended).reasons[0]).toBe('the baseline was not steady, nothing was injected');
      expect(eventsIn(ended.stdout).some(said => said.event === 'injected')).toBe(false);
      expect(ended.code).toBe(5);
    });
  });
}
