import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { lasting, settings } from './objects.ts';
import { revertAfter } from './revert-after.ts';
import { onStage, type Stage } from './stage.ts';

const RECORD = 'chaos.operatorchaos.io/rollback-data';
const TYPE = 'chaos.operatorchaos.io/type';
const read = (stage: Stage) => stage.read('configmap', 'settings');
const patch = (stage: Stage, body: object) =>
  stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', JSON.stringify(body));

/** Somebody touches the record of the original, or the whole object, after the scan and before the restore. */
export function recordChangedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('an undo record that changes after the scan', () => {
    test('it is taken off, and the label stays: the original comes back from what the scan read', async ({ stage }) => {
      const before = await drifted(stage);
      const result = await revertAfter(stage, () => patch(stage, { metadata: { annotations: { [RECORD]: null } } }));
      expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect(lasting(await read(stage))).toEqual(before);
    });

    test('it is cut short: failed, it remains, and the original is shown', async ({ stage }) => {
      await drifted(stage);
      const result = await revertAfter(stage, async () => {
        const text = (await read(stage)).metadata.annotations[RECORD];
        await patch(stage, { metadata: { annotations: { [RECORD]: text.slice(0, 60) } } });
      });
      expect(result).toMatchObject({
        remaining: 1,
        receipts: [{ outcome: 'failed', verified: false, notHeld: { original: 'live', live: 'chaos' } }],
      });
    });

    test.for([
      ['all marks are taken off and a third value is written', thirdValue, 'canary'],
      ['the object is made anew with the injected value', madeAnew, 'chaos'],
    ] as const)(
      '%s: a person decides, and --force-diverged restores the original',
      async ([, act, live], { stage }) => {
        const before = await drifted(stage);
        const asked = await revertAfter(stage, () => act(stage));
        expect(asked).toMatchObject({
          remaining: 1,
          receipts: [{ outcome: 'diverged', verified: false, notHeld: { original: 'live', live } }],
        });
        expect(asked.receipts[0]?.message).toContain('--force-diverged restores the original');
        // Nothing was written: not the value, and no mark on what may be somebody else's.
        expect(await read(stage)).toMatchObject({ data: { mode: live } });
        expect((await read(stage)).metadata.annotations?.[RECORD]).toBeUndefined();

        await patch(stage, { data: { mode: 'live' } });
        await killedRun(stage);
        const forced = await revertAfter(stage, () => act(stage), { force: true });
        expect(forced).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
        expect(lasting(await read(stage))).toEqual(before);
      },
    );
  });
}

/** The ConfigMap as it was before a run drifted it and was killed. */
async function drifted(stage: Stage) {
  await stage.set();
  const before = lasting(await read(stage));
  await killedRun(stage);
  return before;
}

const thirdValue = (stage: Stage) =>
  patch(stage, { metadata: { annotations: { [RECORD]: null }, labels: { [TYPE]: null } }, data: { mode: 'canary' } });

async function madeAnew(stage: Stage): Promise<void> {
  await stage.kubectl('delete', 'configmap', 'settings');
  await stage.apply({ ...settings(), data: { ...settings().data, mode: 'chaos' } });
}
