import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import type { FaultSpec } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const quota: FaultSpec = { type: 'QuotaExhaustion', danger: 'high', parameters: { quotaName: 'tiny', pods: '0' } };
const NO_ANNOTATIONS = JSON.stringify({ metadata: { annotations: null } });
const NO_MARKS = JSON.stringify({ metadata: { labels: null, annotations: null } });

/** Somebody takes every mark off what a dead run left: only the journal of this machine still knows of it. */
export function unmarkedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('an injection whose marks were all taken off', () => {
    test.for([
      ['a changed value', undefined, 'configmap', 'settings', ['patch', '-p', '{"data":{"mode":"live"}}']],
      ['a created object', quota, 'resourcequota', 'tiny', ['delete']],
    ] as const)(
      '%s: neither a scan nor a revert says that nothing remains, until it is gone',
      async ([, faultSpec, kind, name, [verb, ...words]], { stage }) => {
        await stage.set();
        const run = await killedRun(stage, faultSpec);
        await stage.kubectl('patch', kind, name, '--type=merge', '-p', NO_MARKS);

        const seen = await scan(stage);
        expect(seen).toContain(`UNMARKED  run ${run} died: somebody removed the marks of `);
        expect(seen).toMatch(/no injections with marks, but 1 whose marks were taken off/);
        const { receipts, remaining, code, unmarked } = await revertAll(stage);
        expect({ receipts, remaining, code }).toEqual({ receipts: [], remaining: 1, code: 7 });
        expect(unmarked).toEqual([expect.stringContaining(`${stage.namespace}/${name}`)]);

        await stage.kubectl(verb, kind, name, ...words);
        expect(await revertAll(stage)).toMatchObject({ receipts: [], remaining: 0, code: 0, unmarked: [] });
        expect(await scan(stage)).not.toContain('UNMARKED');
      },
    );

    test('is settled by a person who accepts the value: nothing is changed, and the team may apply it', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', NO_MARKS);
      const id = `ConfigDrift:${stage.namespace}/ConfigMap/settings`;
      expect(await scan(stage)).toContain(`\`mayday revert ${id} --strip-marks\``);
      const plain = await stage.mayday(['revert', id, '--yes']);
      expect(plain.stderr).toContain(`expected --strip-marks with ${id}`);
      expect(plain.code).toBe(2);

      const before = await stage.read('configmap', 'settings');
      const settled = await stage.mayday(['-o', 'json', 'revert', id, '--strip-marks', '--yes']);
      expect(JSON.parse(settled.stdout)).toMatchObject({
        receipts: [{ id, outcome: 'stripped', verified: false, marksOff: true }],
        remaining: 0,
      });
      expect(settled.code).toBe(0);
      const after = await stage.read('configmap', 'settings');
      expect(after.data).toEqual({ ...before.data, mode: 'chaos' });
      expect(await revertAll(stage)).toMatchObject({ receipts: [], remaining: 0, code: 0, unmarked: [] });
      expect(await scan(stage)).not.toContain('UNMARKED');
      await applyMode(stage, 'of the team');
    });

    test('but the label: once a person keeps the value, nothing tells of it, and the team may apply it', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', NO_ANNOTATIONS);
      expect(await revertAll(stage)).toMatchObject({ receipts: [{ outcome: 'failed' }], remaining: 1, code: 7 });
      expect(await stage.revertAll('--strip-marks')).toMatchObject({
        receipts: [{ outcome: 'stripped', marksOff: true }],
        remaining: 0,
        code: 0,
      });
      expect(await scan(stage)).not.toContain('UNMARKED');
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');
      await applyMode(stage, 'of the team');
      await stage.mayday(['latch', 'off']);
    });

    test('and its managedFields were cleared: not known, and never called restored', async ({ stage }) => {
      await stage.set();
      await killedRun(stage);
      await stage.kubectl('patch', 'configmap', 'settings', '--type=merge', '-p', NO_MARKS);
      const cleared = JSON.stringify([{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);
      await stage.kubectl('patch', 'configmap', 'settings', '--type=json', '-p', cleared);
      expect(await scan(stage)).toMatch(/UNMARKED .* it has no managedFields, so it is not known whether/);
      expect(await revertAll(stage)).toMatchObject({ receipts: [], remaining: 1, code: 7 });
      expect(await stage.revertAll('--strip-marks')).toMatchObject({ receipts: [{ outcome: 'stripped' }], code: 0 });
      expect(await scan(stage)).not.toContain('UNMARKED');
    });

    test('a Secret that somebody deleted together with its backup: never silent, and settled by a person', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { token: 'aHVzaA==' } });
      const parameters = { name: 'token', namespace: stage.namespace };
      await killedRun(stage, { type: 'SecretDeletion', danger: 'high', parameters });
      await stage.kubectl('delete', 'secret', 'chaos-backup-secret-token');

      expect(await scan(stage)).toMatch(/UNMARKED .* the backup is gone: Secret \S+\/token does not exist/);
      const { receipts, remaining, code, unmarked } = await revertAll(stage);
      expect({ receipts, remaining, code }).toEqual({ receipts: [], remaining: 1, code: 7 });
      expect(unmarked).toEqual([expect.stringContaining('no record holds the original')]);

      const settled = await stage.revertAll('--strip-marks');
      expect(settled).toMatchObject({ remaining: 0, code: 0, receipts: [{ outcome: 'stripped' }] });
      expect(await scan(stage)).not.toContain('UNMARKED');
    });
  });
}

/** The team sets the value by a server-side apply, which nobody else's ownership of it may refuse. */
async function applyMode(stage: Stage, mode: string): Promise<void> {
  const ours = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { mode } };
  await stage.kubectl('apply', '--server-side', '-f', stage.write('ours.json', JSON.stringify(ours)));
  expect((await stage.read('configmap', 'settings')).data.mode).toBe(mode);
}

const scan = async (stage: Stage): Promise<string> => (await stage.mayday(['-n', stage.namespace, 'scan'])).stdout;
const revertAll = (stage: Stage) =>
  stage.revertAll() as ReturnType<Stage['revertAll']> & Promise<{ unmarked: readonly string[] }>;
