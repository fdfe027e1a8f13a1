import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import { definition, version } from '../../support/definition.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { type FaultSpec, lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** A restore that the cluster accepts and does not keep. */
export function doesNotHoldJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('what is put back and does not hold', () => {
    test('because its CRD was upgraded and prunes the field: failed, not forgotten, and back once the field is', async ({
      stage,
    }) => {
      await stage.set();
      await withGauge(stage);
      const before = lasting(await stage.read('gauge', 'mine'));
      await killedRun(stage, bend);
      await stage.apply(gauges({ colour: { type: 'string' } }));
      await eventually('the pruning', async () => !(await isKept(stage)));

      const forced = ['-o', 'json', '-n', stage.namespace, 'revert', '--all', '--yes', '--force-diverged'];
      for (let tries = 1; tries <= 2; tries += 1) {
        const ended = await stage.mayday(forced);
        const { receipts, remaining } = JSON.parse(ended.stdout);
        expect({ remaining, code: ended.code }).toEqual({ remaining: 1, code: 7 });
        expect(receipts).toMatchObject([
          { outcome: 'failed', verified: false, notHeld: { original: '5', by: expect.stringContaining('schema') } },
        ]);
        expect(receipts[0].message).toContain('the undo record is kept in Gauge');
      }

      await stage.apply(gauges(SIZED));
      await eventually('the field', () => isKept(stage));
      const ended = await stage.mayday(forced);
      expect(JSON.parse(ended.stdout)).toMatchObject({
        receipts: [{ outcome: 'reverted', verified: true }],
        remaining: 0,
      });
      expect(lasting(await stage.read('gauge', 'mine'))).toEqual(before);
      await stage.mayday(['latch', 'off']);
      await stage.kubectl('delete', 'crd', 'gauges.e2e.example.com', '--wait=false');
    });
  });
}

export const SIZED: Thing = { size: { type: 'integer' }, colour: { type: 'string' } };

/** A custom kind with these fields in its schema. */
export const gauges = (properties: Thing): Thing =>
  definition('e2e.example.com', 'Gauge', [
    version('v1', { schema: { type: 'object', properties: { spec: { type: 'object', properties } } } }),
  ]);

export async function withGauge(stage: Stage): Promise<void> {
  await stage.apply(gauges(SIZED));
  await stage.kubectl('wait', '--for=condition=Established', 'crd/gauges.e2e.example.com', '--timeout=60s');
  const gauge = { apiVersion: 'e2e.example.com/v1', kind: 'Gauge', metadata: { name: 'mine' } };
  await eventually('the custom kind', () =>
    stage.apply({ ...gauge, spec: { size: 5, colour: 'red' } }).then(() => true),
  );
}

/** Whether the API server would keep the field now. */
export async function isKept(stage: Stage): Promise<boolean> {
  const tried = await stage.kubectl(
    ...['patch', 'gauge', 'mine', '--type=merge', '--dry-run=server', '-o', 'json', '-p', '{"spec":{"size":7}}'],
  );
  return JSON.parse(tried).spec.size === 7;
}

export const bend: FaultSpec = {
  type: 'CRDMutation',
  parameters: { apiVersion: 'e2e.example.com/v1', kind: 'Gauge', name: 'mine', path: 'spec.size', value: '99' },
};
