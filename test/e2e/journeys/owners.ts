import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import type { FaultSpec, Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const orphan: FaultSpec = {
  type: 'OwnerRefOrphan',
  parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'owned' },
};
const owner = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner' } };

/** An owner that is not what it was when its dependent was orphaned. */
export function ownerJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('an object that was orphaned, and its owner', () => {
    test('is gone since: never called verified, the original shown, and only the marks go by force', async ({
      stage,
    }) => {
      const uid = await orphaned(stage);
      await stage.kubectl('delete', 'configmap', 'owner');
      const asked = await revert(stage);
      expect(asked).toMatchObject({ code: 7, remaining: 1, receipts: [{ outcome: 'diverged', verified: false }] });
      expect(asked.receipts[0].message).toContain(`original ConfigMap owner (uid ${uid.slice(0, 8)})`);
      expect(asked.receipts[0].message).toContain('is gone');
      const forced = await revert(stage, '--force-diverged');
      expect(forced).toMatchObject({ code: 0, remaining: 0, receipts: [{ outcome: 'stripped' }] });
      expect((await stage.read('configmap', 'owned')).metadata.annotations).toBeUndefined();
    });

    test('was made anew since: owned again under its uid of now, and the receipt says so', async ({ stage }) => {
      const former = await orphaned(stage);
      await stage.kubectl('delete', 'configmap', 'owner');
      await stage.apply(owner);
      const { uid } = (await stage.read('configmap', 'owner')).metadata;
      const { receipts, code } = await revert(stage);
      expect({ receipts, code }).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect(receipts[0].message).toContain(`the new uid: ConfigMap owner (uid ${former.slice(0, 8)})`);
      const { ownerReferences } = (await stage.read('configmap', 'owned')).metadata;
      expect(ownerReferences).toMatchObject([{ kind: 'ConfigMap', name: 'owner', uid }]);
    });
  });
}

/** The uid of the owner at the time. */
async function orphaned(stage: Stage): Promise<string> {
  await stage.set();
  await stage.apply(owner);
  const { uid } = (await stage.read('configmap', 'owner')).metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await stage.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } } as Thing);
  await killedRun(stage, orphan);
  return uid;
}

async function revert(stage: Stage, ...more: string[]) {
  const ended = await stage.revertAll(...more);
  await stage.mayday(['latch', 'off']);
  return ended;
}
