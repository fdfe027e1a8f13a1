import { beforeAll, describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { eventsIn, verdictOf } from './mayday.ts';
import { type FaultSpec, lasting, type Thing } from './objects.ts';
import { createUser, installRoles, rolesHandedOut } from './people.ts';
import { onStage } from './stage.ts';

const FINALIZER = 'e2e.example.com/block';
const block: FaultSpec = {
  type: 'FinalizerBlock',
  parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', finalizer: FINALIZER },
  recovery: '3s',
  danger: 'high',
};

/** A finalizer is proven to block by a deletion that is only tried, where that is allowed. */
export function heldByFinalizerJourneys(given: () => Provider): void {
  const test = onStage(given);
  beforeAll(() => installRoles(given()));

  describe('a FinalizerBlock', () => {
    test('is proven by a dry run of a deletion, which deletes nothing', async ({ stage }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const ended = await stage.run(block).ended;
      expect(effectsIn(ended.stdout)).toContainEqual({
        state: 'proven',
        evidence: [
          `a deletion of ConfigMap ${stage.namespace}/settings, tried as a dry run, would hang, held by ${FINALIZER}`,
        ],
      });
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('is Inconclusive for somebody who may not delete, and is reverted all the same', async ({ stage }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const role = `${stage.namespace}-no-deletes`;
      await stage.apply(withoutDeletes(role));
      const person = await createUser(stage, 'careful', { everywhere: ['mayday-viewer'], here: [role] });
      const ended = await stage.run(block, '--kubeconfig', person).ended;
      expect(effectsIn(ended.stdout).filter(({ state }) => state === 'proven')).toEqual([]);
      expect(ended.stdout).toMatch(
        /nobody has deleted it, so nothing is blocked yet \(a dry run of it: [^)]*cannot delete/,
      );
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });
  });
}

const effectsIn = (stdout: string) =>
  eventsIn(stdout)
    .filter(({ event }) => event === 'effect')
    .map(({ state, evidence }) => ({ state, evidence }));

/** What an injector may, but for deleting ConfigMaps. */
function withoutDeletes(name: string): Thing {
  const rules = rolesHandedOut().get('mayday-injector') ?? [];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: rules.map(rule => ({
      ...rule,
      verbs: rule.resources?.includes('configmaps')
        ? rule.verbs.filter((verb: string) => verb !== 'delete' && verb !== 'deletecollection')
        : rule.verbs,
    })),
  };
}
