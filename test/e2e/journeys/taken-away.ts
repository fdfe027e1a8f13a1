import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import type { FaultSpec, Thing } from './objects.ts';
import { revertAfter } from './revert-after.ts';
import { onStage, type Stage } from './stage.ts';

/** The definition of a kind changes under an injection: it is deleted, moves to another version, or refuses the original. */
export function takenAwayJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('the definition of a kind that changes after the scan', () => {
    test('it is deleted: gone with every object, nothing remains, and the original is told', async ({ stage }) => {
      await bent(stage);
      const result = await revertAfter(stage, async () => {
        await stage.kubectl('delete', 'crd', crdName(stage));
        await eventually('the kind is not served', () =>
          stage.read('thing', 'sized').then(
            () => false,
            () => true,
          ),
        );
      });
      expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'gone', verified: true }] });
      expect(result.receipts[0]?.message).toMatch(/CustomResourceDefinition of Thing .* was deleted.*original 5/);
      await servedAgain(stage, [{ name: 'v1' }]);
    });

    test('its version is not served any more: failed with the original, never gone; the marks come off once a person says so', async ({
      stage,
    }) => {
      await bent(stage);
      const result = await revertAfter(stage, async () => {
        await stage.apply(crd(stage, [{ name: 'v1', served: false, storage: false }, { name: 'v2' }]));
        const inNew = () =>
          stage.read(`things.v2.${groupOf(stage)}`, 'sized').then(
            () => true,
            () => false,
          );
        const inOld = () =>
          stage.read(`things.v1.${groupOf(stage)}`, 'sized').then(
            () => true,
            () => false,
          );
        await eventually('the new version alone', async () => (await inNew()) && !(await inOld()));
      });
      expect(result).toMatchObject({
        remaining: 1,
        receipts: [{ outcome: 'failed', verified: false, notHeld: { original: '5' } }],
      });
      expect(result.receipts[0]?.message).toMatch(/for spec.size in .*\/v1, which the cluster no longer serves/);
      const words = ['-n', stage.namespace, 'revert', '--all', '--yes', '--trust-records'];
      const asked = await stage.mayday(words);
      expect(asked.stdout).toMatch(/✗ FAILED .*original 5/);
      const stripped = await stage.mayday([...words, '--strip-marks']);
      expect(stripped.stdout).toContain('✓ stripped');
      expect(stripped.code).toBe(0);
      const { metadata, spec } = await stage.read(`things.v2.${groupOf(stage)}`, 'sized');
      expect(JSON.stringify([metadata.labels ?? {}, metadata.annotations ?? {}])).not.toContain('operatorchaos');
      expect(spec.size).toBe(99);
      await stage.mayday(['latch', 'off']);
      await servedAgain(stage, [{ name: 'v1', storage: false }, { name: 'v2' }]);
    });

    test('its schema does not allow the original any more: failed, and both the refusal and the original are told', async ({
      stage,
    }) => {
      await bent(stage);
      const result = await revertAfter(stage, async () => {
        await stage.apply(crd(stage, [{ name: 'v1' }], { type: 'integer', enum: [7, 99] }));
        const tryTwelve = () =>
          stage.kubectl('patch', 'thing', 'sized', '--type=merge', '--dry-run=server', '-p', '{"spec":{"size":12}}');
        await eventually('the new schema counts', () =>
          tryTwelve().then(
            () => false,
            () => true,
          ),
        );
      });
      expect(result).toMatchObject({
        remaining: 1,
        receipts: [{ outcome: 'failed', verified: false, notHeld: { original: '5' } }],
      });
      expect(result.receipts[0]?.message).toMatch(/spec\.size: Unsupported value: 5.*original 5/);
    });
  });
}

const groupOf = ({ namespace }: Stage) => `${namespace}.example.com`;
const crdName = (stage: Stage) => `things.${groupOf(stage)}`;

interface Version {
  name: string;
  served?: boolean;
  storage?: boolean;
}

const crd = (stage: Stage, versions: readonly Version[], size: object = { type: 'integer' }): Thing => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: crdName(stage) },
  spec: {
    group: groupOf(stage),
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing' },
    versions: versions.map(({ name, served = true, storage = true }) => ({
      name,
      served,
      storage,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { size, colour: { type: 'string' } } } },
        },
      },
    })),
  },
});

/** The stage can only take down what it applied while `v1` is served. */
async function servedAgain(stage: Stage, versions: readonly Version[]): Promise<void> {
  await stage.apply(crd(stage, versions));
  await eventually('v1 is served', () =>
    stage.kubectl('get', `things.v1.${groupOf(stage)}`).then(
      () => true,
      () => false,
    ),
  );
}

/** A custom object whose size of 5 a killed run made 99. */
async function bent(stage: Stage): Promise<void> {
  await stage.set();
  await stage.apply(crd(stage, [{ name: 'v1' }]));
  await stage.kubectl('wait', '--for=condition=Established', `crd/${crdName(stage)}`, '--timeout=60s');
  const apiVersion = `${groupOf(stage)}/v1`;
  const thing = { apiVersion, kind: 'Thing', metadata: { name: 'sized' }, spec: { size: 5, colour: 'red' } };
  await eventually('the custom kind', () =>
    stage.apply(thing).then(
      () => true,
      () => false,
    ),
  );
  const parameters = { apiVersion, kind: 'Thing', name: 'sized', path: 'spec.size', value: '99' };
  await killedRun(stage, { type: 'CRDMutation', danger: 'high', parameters } satisfies FaultSpec);
}
