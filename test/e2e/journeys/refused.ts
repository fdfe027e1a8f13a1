import { describe, expect } from 'vitest';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { GoValue } from '../../../src/injection/record/go-json.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { drift, type FaultSpec, lasting, settings, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** Restores that the server goes on refusing until a person has done something, and values that lost their marks. */
export function refusedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('what cannot be put back as things are', () => {
    test('a ConfigMap that was made immutable under its fault: failed with the remedy, which works', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', '{"immutable":true}');
      const { code, receipts } = await revert(stage);
      expect({ code, receipts }).toMatchObject({
        code: 7,
        receipts: [{ outcome: 'failed', verified: false, notHeld: { original: 'live' } }],
      });
      expect(receipts[0].message).toMatch(/field is immutable.*waiting does not help.*kubectl replace --force/);
      // As the receipt says.
      const saved = await stage.read('configmap', 'settings');
      const { uid: _uid, resourceVersion: _version, ...metadata } = saved.metadata;
      const mended = { ...saved, metadata, data: settings().data };
      await stage.kubectl('replace', '--force', '-f', stage.write('settings.json', JSON.stringify(mended)));
      expect(await revert(stage)).toMatchObject({
        code: 0,
        receipts: [{ outcome: 'already-restored', verified: true }],
      });
    });

    test('a Secret for which a quota has no room: failed with the remedy, back once there is room', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { token: 'YWJj' } });
      const before = lasting(await stage.read('secret', 'token'));
      const parameters = { name: 'token', namespace: stage.namespace };
      await killedRun(stage, { type: 'SecretDeletion', danger: 'high', parameters });
      await stage.apply(tight);
      await stage.until(
        'resourcequota',
        'tight',
        ({ status }) => status?.hard?.secrets === '1' && status.used?.secrets !== undefined,
      );
      const { code, receipts } = await revert(stage);
      expect({ code, receipts }).toMatchObject({ code: 7, receipts: [{ outcome: 'failed', verified: false }] });
      expect(receipts[0].message).toMatch(/exceeded quota: tight.*raise that quota/);
      await stage.kubectl('delete', 'resourcequota', 'tight');
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect(lasting(await stage.read('secret', 'token'))).toEqual(before);
    });

    test('a value that lost its marks is told at the next start until somebody else has written it', async ({
      stage,
    }) => {
      await stage.set();
      const run = await killedRun(stage);
      const marks = Object.keys((await stage.read('configmap', 'settings')).metadata.annotations)
        .filter(key => key.startsWith('chaos.operatorchaos.io/'))
        .map(key => `${key}-`);
      await stage.kubectl('annotate', 'configmap', 'settings', ...marks);
      await stage.kubectl(
        'label',
        'configmap',
        'settings',
        'chaos.operatorchaos.io/type-',
        'app.kubernetes.io/managed-by-',
      );
      const next = () => stage.mayday(['run', stage.faultSpec(drift), '--dry-run']);
      expect((await next()).stderr).toContain(
        `run ${run} died: somebody removed the marks of ConfigMap ${stage.namespace}/settings`,
      );
      await stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"mode":"live"}}');
      expect((await next()).stderr).not.toContain(run);
    });

    test.for<FaultSpec>([
      drift,
      { type: 'ImageCorrupt', danger: 'high', parameters: { name: 'web' } },
      { type: 'DeploymentScaleZero', danger: 'high', parameters: { name: 'web' } },
    ])('a run that died and was reverted by another process is no news any more: $type', async (fault, { stage }) => {
      await stage.set();
      const run = await killedRun(stage, fault);
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      const next = await stage.mayday(['run', stage.faultSpec(drift), '--dry-run']);
      expect(next.stderr).not.toContain(run);
    });

    test('a label that was edited in the YAML from which its object was made again: a person decides', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply({ ...settings(), metadata: { name: 'labelled', labels: { team: 'a' } } });
      const stomp = { apiVersion: 'v1', kind: 'ConfigMap', name: 'labelled', labelKey: 'team', action: 'overwrite' };
      await killedRun(stage, { type: 'LabelStomping', parameters: stomp });
      const saved = await stage.read('configmap', 'labelled');
      const {
        uid: _uid,
        resourceVersion: _version,
        creationTimestamp: _made,
        managedFields: _fields,
        ...metadata
      } = saved.metadata;
      const edited = { ...saved, metadata: { ...metadata, labels: { ...metadata.labels, team: 'b' } } };
      await stage.kubectl('delete', 'configmap', 'labelled');
      await stage.kubectl('create', '-f', stage.write('labelled.json', JSON.stringify(edited)));
      expect(await revert(stage)).toMatchObject({ code: 7, receipts: [{ outcome: 'diverged', verified: false }] });
      expect((await stage.read('configmap', 'labelled')).metadata.labels.team).toBe('b');
    });

    // The framework's records of these do not hold what was injected.
    test.for<{ type: string; payload: GoValue; injected: object; edited: object }>([
      {
        type: 'ConfigDrift',
        payload: { key: 'mode', keyExists: 'true', originalValue: 'live', resourceType: 'ConfigMap' },
        injected: { data: { mode: 'chaos' } },
        edited: { data: { mode: 'edited' } },
      },
      {
        type: 'CRDMutation',
        payload: { apiVersion: 'v1', kind: 'ConfigMap', originalValue: 'live', path: 'data.mode' },
        injected: { data: { mode: 'chaos' } },
        edited: { data: { mode: 'edited' } },
      },
    ])(
      'a value in the YAML from which an object was made again with a record of the framework: put back, and the value named, $type',
      async ({ type, payload, injected, edited }, { stage }) => {
        await stage.set();
        const marks = {
          annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope(payload) },
          labels: { 'chaos.operatorchaos.io/type': type, 'app.kubernetes.io/managed-by': 'operator-chaos' },
        };
        const inject = JSON.stringify({ ...injected, metadata: marks });
        const words = ['--type=merge', '--field-manager=operator-chaos', '-p', inject];
        await stage.kubectl('patch', 'configmap', 'settings', ...words);
        const { metadata, ...saved } = await stage.read('configmap', 'settings');
        const { name, labels, annotations } = metadata;
        await stage.kubectl('delete', 'configmap', 'settings');
        const again = { ...saved, ...edited, metadata: { name, labels, annotations } };
        await stage.kubectl('create', '-f', stage.write('settings.json', JSON.stringify(again)));
        const reverted = await revert(stage);
        expect(reverted).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
        expect(reverted.receipts[0].message).toMatch(/edited"? in it was taken for the injected value/);
        expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
      },
    );
  });
}

const tight: Thing = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'tight' },
  spec: { hard: { secrets: '1' } },
};

/** What a revert of the namespace says, with the injections allowed again afterwards. */
async function revert(stage: Stage, ...more: string[]): Promise<{ code: number; receipts: Thing[] }> {
  const { code, receipts } = await stage.revertAll('--trust-records', ...more);
  await stage.mayday(['latch', 'off']);
  return { code: code ?? -1, receipts };
}
