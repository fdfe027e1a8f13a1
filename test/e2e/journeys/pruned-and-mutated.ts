import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import { type Mutation, startMutatingServer } from '../../support/mutating-server.ts';
import type { Provider } from '../providers/provider.ts';
import { gauges, isKept, SIZED, withGauge } from './does-not-hold.ts';
import { killedRun } from './emergency.ts';
import { type FaultSpec, lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';
import { changesTheOriginal, webhook } from './third-value.ts';

/** The whole spec of a custom object: `size: 5`, `colour: red`. */
const bendAll: FaultSpec = {
  type: 'CRDMutation',
  danger: 'high',
  parameters: {
    apiVersion: 'e2e.example.com/v1',
    kind: 'Gauge',
    name: 'mine',
    path: 'spec',
    value: '{"size":99,"colour":"green"}',
  },
};
const RED_TO_BLUE: Mutation = { pointer: '/spec/colour', from: 'red', to: 'blue' };
const VICTIM = { kind: 'Gauge', name: 'mine', mutation: RED_TO_BLUE };

/** One restore that two things change on its way: a schema that prunes a field of it, and a webhook that writes another value. */
export function prunedAndMutatedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('an original of which the schema prunes a field while a webhook changes another', () => {
    test('failed with both values and by whom, until both are gone; nothing is lost meanwhile', async ({ stage }) => {
      await stage.set();
      await withGauge(stage);
      const before = lasting(await stage.read('gauge', 'mine'));
      await killedRun(stage, bendAll);
      await stage.apply(gauges({ colour: { type: 'string' } }));
      await eventually('the pruning', async () => !(await isKept(stage)));
      const server = await startMutatingServer(RED_TO_BLUE);
      await stage.apply(webhook(stage, server));
      await eventually('the webhook', () => changesTheOriginal(stage, VICTIM));

      for (let tries = 1; tries <= 2; tries += 1) await isRefused(stage, { colour: 'blue' });
      await stage.apply(gauges(SIZED));
      await eventually('the field', () => isKept(stage));
      await isRefused(stage, { size: 5, colour: 'blue' });

      await stage.kubectl('delete', 'mutatingwebhookconfiguration', `third-${stage.namespace}`);
      await eventually('the webhook to be gone', async () => !(await changesTheOriginal(stage, VICTIM)));
      await server.close();
      const { receipts, remaining, code } = await stage.revertAll('--force-diverged');
      expect({ remaining, code }).toEqual({ remaining: 0, code: 0 });
      expect(receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
      expect(lasting(await stage.read('gauge', 'mine'))).toEqual(before);
      await stage.mayday(['latch', 'off']);
      await stage.kubectl('delete', 'crd', 'gauges.e2e.example.com', '--wait=false');
    });
  });
}

/** The original is told, what came of it, and by whom; the object keeps the record that the next revert needs. */
async function isRefused(stage: Stage, live: Thing): Promise<void> {
  const { receipts, remaining, code } = await stage.revertAll('--force-diverged');
  expect({ remaining, code }).toEqual({ remaining: 1, code: 7 });
  expect(receipts).toMatchObject([
    { outcome: 'failed', verified: false, notHeld: { by: expect.stringMatching(/schema.*webhook/) } },
  ]);
  expect(JSON.parse(receipts[0]?.notHeld.original)).toEqual({ size: 5, colour: 'red' });
  expect(JSON.parse(receipts[0]?.notHeld.live)).toEqual(live);
  expect(receipts[0]?.message).toContain('the undo record is kept in Gauge');
  const { metadata, spec } = await stage.read('gauge', 'mine');
  expect(spec).toEqual(live);
  expect(metadata.annotations['chaos.operatorchaos.io/rollback-data']).toContain('"size":5');
}
