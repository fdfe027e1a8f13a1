import { describe, expect } from 'vitest';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { GoValue } from '../../../src/injection/record/go-json.ts';
import { eventually } from '../../cluster/eventually.ts';
import { definition, version } from '../../support/definition.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { type FaultSpec, isUp, settings, type Thing, web } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const PREFIX = 'chaos.operatorchaos.io/';
const LABEL = `${PREFIX}type`;
const GOOD = 'registry.k8s.io/pause:3.10';
const NEXT = 'registry.k8s.io/pause:3.9';

const imageCorrupt: FaultSpec = { type: 'ImageCorrupt', parameters: { name: 'web' }, danger: 'high' };
const crashLoop: FaultSpec = { type: 'CrashLoopInject', parameters: { name: 'web' }, danger: 'high' };
const scaleZero: FaultSpec = { type: 'DeploymentScaleZero', parameters: { name: 'web' }, danger: 'high' };

/** What people and controllers did to an object since it was injected, by kubectl, and what a revert must make of it. */
export function historyJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a value that was changed through the scale subresource', () => {
    test('is somebody’s own: kubectl scale is not undone without a person’s word', async ({ stage }) => {
      await stage.set();
      await byFramework(stage, 'CRDMutation', {
        payload: { apiVersion: 'apps/v1', kind: 'Deployment', originalValue: 1, path: 'spec.replicas' },
        spec: { replicas: 2 },
      });
      await stage.kubectl('scale', 'deployment/web', '--replicas=3');
      const asked = await revert(stage);
      expect(asked).toMatchObject({ code: 7, receipts: [{ outcome: 'diverged' }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(3);
      const forced = await revert(stage, '--force-diverged');
      expect(forced).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(1);
    });

    test('also where it came back to what was injected', async ({ stage }) => {
      await stage.set();
      await killedRun(stage, scaleZero);
      await stage.kubectl('scale', 'deployment/web', '--replicas=2');
      await stage.kubectl('scale', 'deployment/web', '--replicas=0');
      expect(await revert(stage)).toMatchObject({ code: 7, receipts: [{ outcome: 'diverged' }] });
      const stripped = await revert(stage, '--strip-marks');
      expect(stripped).toMatchObject({ code: 0, receipts: [{ outcome: 'stripped', verified: false, marksOff: true }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(0);
      await nothingLeft(stage);
    });
  });

  describe('kubectl rollout undo', () => {
    test.for([imageCorrupt, crashLoop])(
      'of $type leaves the label alone: the record is read on the ReplicaSet, and only the label goes',
      async (faultSpec, { stage }) => {
        await stage.set();
        await killedRun(stage, faultSpec);
        await eventually('the bad ReplicaSet', async () => (await badSet(stage)) !== undefined);
        await stage.kubectl('rollout', 'undo', 'deployment/web');
        const before = await stage.read('deployment', 'web');
        expect(before.metadata.labels[LABEL]).toBe(faultSpec.type);
        expect(Object.keys(before.metadata.annotations ?? {}).filter(key => key.startsWith(PREFIX))).toEqual([]);
        expect(await revert(stage)).toMatchObject({
          code: 0,
          receipts: [{ outcome: 'already-restored', verified: true }],
          remaining: 0,
        });
        const after = await stage.read('deployment', 'web');
        expect(after.spec).toEqual(before.spec);
        await nothingLeft(stage);
      },
    );

    test('while it is scaled to 0 loses the record, and the number comes back from its copy', async ({ stage }) => {
      await stage.set();
      await stage.kubectl('set', 'image', 'deployment/web', `web=${NEXT}`);
      await stage.until('deployment', 'web', isUp);
      await killedRun(stage, scaleZero);
      await eventually('the copy on the ReplicaSet', async () => (await badSet(stage)) !== undefined);
      await stage.kubectl('rollout', 'undo', 'deployment/web');
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(0);
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(1);
      await nothingLeft(stage);
    });

    test('whose ReplicaSet is gone says what is left, and takes the label off when a person says so', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage, imageCorrupt);
      await eventually('the bad ReplicaSet', async () => (await badSet(stage)) !== undefined);
      const bad = await badSet(stage);
      await stage.kubectl('rollout', 'undo', 'deployment/web');
      await stage.until('deployment', 'web', isUp);
      await stage.kubectl('delete', 'replicaset', bad.metadata.name);
      const asked = await revert(stage);
      expect(asked).toMatchObject({ code: 7, receipts: [{ outcome: 'failed', verified: false }], remaining: 1 });
      expect(asked.receipts[0]?.message).toMatch(/no ReplicaSet holds a copy; .* --strip-marks removes the label/);
      expect(await revert(stage, '--strip-marks')).toMatchObject({
        code: 0,
        receipts: [{ outcome: 'stripped', verified: false, marksOff: true }],
        remaining: 0,
      });
      await nothingLeft(stage);
    });

    test('to the bad revision of an injection that was reverted brings its record back, and that is not trusted', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage, imageCorrupt);
      await eventually('the bad ReplicaSet', async () => (await badSet(stage)) !== undefined);
      expect(await revert(stage)).toMatchObject({ code: 0 });
      await stage.kubectl('set', 'image', 'deployment/web', `web=${NEXT}`);
      await stage.until('deployment', 'web', isUp);
      const bad = await badSet(stage, set => imageOf(set).includes('.invalid/'));
      const { 'deployment.kubernetes.io/revision': revision } = bad.metadata.annotations;
      await stage.kubectl('rollout', 'undo', 'deployment/web', `--to-revision=${revision}`);
      const asked = await revert(stage);
      expect(asked).toMatchObject({ code: 7, receipts: [{ outcome: 'diverged' }] });
      expect(asked.receipts[0]?.message).toMatch(new RegExp(`not written by mayday.*original ${GOOD}`));
      expect(imageOf(await stage.read('deployment', 'web'))).toContain('.invalid/');
      expect(await revert(stage, '--force-diverged')).toMatchObject({
        code: 0,
        receipts: [{ outcome: 'reverted', verified: true }],
      });
      expect(imageOf(await stage.read('deployment', 'web'))).toBe(GOOD);
    });

    test('that brings back a number of replicas does not start pods again that the team has stopped', async ({
      stage,
    }) => {
      await stage.set();
      await byFramework(stage, 'DeploymentScaleZero', {
        annotations: { [`${PREFIX}original-replicas`]: '1' },
        spec: { replicas: 0 },
      });
      await eventually('the copy on the ReplicaSet', async () => (await badSet(stage)) !== undefined);
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      await stage.kubectl('set', 'image', 'deployment/web', `web=${NEXT}`);
      await stage.until('deployment', 'web', isUp);
      await stage.kubectl('rollout', 'undo', 'deployment/web');
      await stage.kubectl('scale', 'deployment/web', '--replicas=0');
      const asked = await revert(stage);
      expect(asked).toMatchObject({ code: 7, receipts: [{ outcome: 'diverged' }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(0);
      expect(await revert(stage, '--strip-marks')).toMatchObject({ code: 0, receipts: [{ outcome: 'stripped' }] });
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(0);
      await nothingLeft(stage);
    });
  });

  describe('who owns the field after a revert', () => {
    test('is the team that applied it: the next server-side apply changes it, and one without it takes it out', async ({
      stage,
    }) => {
      await stage.set();
      await killedRun(stage);
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      await stage.apply({ ...settings(), data: { mode: 'next', other: 'kept' } });
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('next');
      await stage.apply({ ...settings(), data: { other: 'kept' } });
      expect((await stage.read('configmap', 'settings')).data).toEqual({ other: 'kept' });
    });

    test('is the team again after its image was corrupted, while its Deployment is busy', async ({ stage }) => {
      await stage.set();
      await killedRun(stage, imageCorrupt);
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      await stage.apply(web(NEXT));
      expect(imageOf(await stage.read('deployment', 'web'))).toBe(NEXT);
    });

    test('is nobody where the record does not say, and the receipt says so', async ({ stage }) => {
      await stage.set();
      await byFramework(stage, 'DeploymentScaleZero', {
        annotations: { [`${PREFIX}original-replicas`]: '1' },
        spec: { replicas: 0 },
      });
      const { receipts } = await revert(stage);
      expect(receipts[0]?.message).toContain('its former field manager is not recorded');
      const next = web();
      next.spec.replicas = 2;
      await stage.apply(next);
      expect((await stage.read('deployment', 'web')).spec.replicas).toBe(2);
    });
  });

  describe('a record about one served version of a custom resource', () => {
    test('is read and written in that version, where the preferred one does not have the field', async ({ stage }) => {
      await stage.set();
      const group = `${stage.namespace}.example.com`;
      await stage.apply(twoVersions(group));
      const kind = `knobs.v1alpha1.${group}`;
      await eventually('Knobs are served', () => stage.kubectl('get', kind).then(() => true));
      const made = { apiVersion: `${group}/v1alpha1`, kind: 'Knob', metadata: { name: 'k' }, spec: { size: 3 } };
      await stage.apply(made);
      const parameters = { apiVersion: `${group}/v1alpha1`, kind: 'Knob', name: 'k', path: 'spec.size', value: '9' };
      await killedRun(stage, { type: 'CRDMutation', parameters, danger: 'high' });
      expect((await stage.read(kind, 'k')).spec).toEqual({ size: 9 });
      expect(await revert(stage)).toMatchObject({ code: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      expect((await stage.read(kind, 'k')).spec).toEqual({ size: 3 });
      await nothingLeft(stage);
    });
  });
}

const imageOf = (deployment: Thing): string => deployment.spec.template.spec.containers[0].image;

/** Puts a fault into Deployment `web` as the framework does, in one request under its own name. */
async function byFramework(
  stage: Stage,
  type: string,
  fault: { payload?: GoValue; annotations?: Record<string, string>; spec: object },
): Promise<void> {
  const record = fault.payload === undefined ? {} : { [`${PREFIX}rollback-data`]: writeEnvelope(fault.payload) };
  const metadata = {
    annotations: { ...record, ...fault.annotations },
    labels: { [LABEL]: type, 'app.kubernetes.io/managed-by': 'operator-chaos' },
  };
  const patch = JSON.stringify({ metadata, spec: fault.spec });
  await stage.kubectl('patch', 'deployment', 'web', '--type=merge', '--field-manager=operator-chaos', '-p', patch);
}

/** A ReplicaSet into which the controller copied a record: the bad one, and the next one too if the record is still on by then. */
async function badSet(stage: Stage, isIt: (set: Thing) => boolean = () => true): Promise<Thing | undefined> {
  const { items } = JSON.parse(await stage.kubectl('get', 'replicasets', '-o', 'json'));
  const hasRecord = ({ metadata }: Thing) =>
    Object.keys(metadata.annotations ?? {}).some(key => key.startsWith(`${PREFIX}original-`));
  return items.find((set: Thing) => hasRecord(set) && isIt(set));
}

interface Reverted {
  code: number;
  receipts: { outcome: string; verified: boolean; message: string }[];
  remaining: number;
}

/** Reverts by id all that a scan shows in the stage's namespace. */
async function revert(stage: Stage, ...more: string[]): Promise<Reverted> {
  const ids = (await found(stage)).map(({ id }) => id);
  const here = ['-o', 'json', '-n', stage.namespace];
  const { code, stdout, stderr } = await stage.mayday([...here, 'revert', ...ids, '--yes', ...more]);
  if (stdout === '') throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

async function found(stage: Stage): Promise<Thing[]> {
  const scan = await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan']);
  return JSON.parse(scan.stdout).injections;
}

const nothingLeft = async (stage: Stage) => expect(await found(stage)).toEqual([]);

/** A kind whose preferred version has no `size`, and whose stored one has. */
const twoVersions = (group: string): Thing => {
  const withField = (field: string) => ({
    type: 'object',
    properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } },
  });
  return definition(group, 'Knob', [
    version('v1', { storage: false, schema: withField('scale') }),
    version('v1alpha1', { schema: withField('size') }),
  ]);
};
