import { describe, expect, it } from 'vitest';
import { TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { podOf } from '../support/deployments.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';

const BAD = 'registry.invalid/nonexistent:chaos';
const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

function deployment(
  spec: object = {},
  metadata: Partial<KubeObject['metadata']> = {},
  containers: object[] = [main(), side()],
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' }, ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      ...spec,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  };
}
const main = () => ({ name: 'main', image: 'example.com/web:1', unknownToUs: { kept: true } });
const side = () => ({ name: 'side', image: 'example.com/side:1' });
const containers = (object: KubeObject | undefined) =>
  (object as unknown as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec
    .containers;
const imageOf = (api: FakeApi, index = 0) => containers(api.peek(WEB))[index]?.image;
function setImage(api: FakeApi, image: string): void {
  api.change(WEB, object => {
    for (const container of containers(object).slice(0, 1)) container.image = image;
  });
}
const pod = (name: string, image: string, waiting?: string): KubeObject =>
  podOf('web', name, {
    owner: 'web-2',
    containers: [{ name: 'main', image }],
    status: {
      phase: waiting ? 'Pending' : 'Running',
      containerStatuses: [{ name: 'main', state: waiting ? { waiting: { reason: waiting } } : {} }],
    },
  });
const CORRUPT = { type: 'ImageCorrupt', parameters: { name: 'web' } } as const;

describe('what is refused', () => {
  it.each<[string, KubeObject[], Record<string, string>, RegExp]>([
    ['a missing Deployment', [], {}, /^not-found: /],
    [
      'a missing container, naming those that are there',
      [deployment()],
      { containerName: 'mian' },
      /^not-found: expected container mian in Deployment shop\/web, found main, side$/,
    ],
    [
      'CL-2: a second injection, of this or a like type',
      [deployment({}, { annotations: { 'chaos.operatorchaos.io/crash-container-name': 'main' } })],
      {},
      /^already-injected: /,
    ],
    [
      'a Deployment scaled to zero by chaos',
      [deployment({}, { annotations: { 'chaos.operatorchaos.io/original-replicas': '3' } })],
      {},
      /^already-injected: /,
    ],
    [
      'the image that is there already',
      [deployment()],
      { image: 'example.com/web:1' },
      /^no-effect: .* already has image example\.com\/web:1$/,
    ],
    [
      'a paused rollout',
      [deployment({ paused: true })],
      {},
      /^no-effect: the rollout of Deployment shop\/web is paused/,
    ],
    ['no replicas', [deployment({ replicas: 0 })], {}, /^no-effect: Deployment shop\/web is scaled to 0/],
    [
      'CL-3: a container name too long for the annotation',
      [deployment({}, {}, [{ name: 'c'.repeat(49), image: 'a' }])],
      {},
      /longer than 48 characters/,
    ],
    ['a Terminating Deployment', [deployment({}, { deletionTimestamp: '2026-11-21T12:00:00Z' })], {}, /^terminating: /],
  ])('%s', async (_what, objects, parameters, message) => {
    expect(
      await refusal(fakeApi(objects), { ...CORRUPT, parameters: { ...CORRUPT.parameters, ...parameters } }),
    ).toMatch(message);
  });
});

describe('the plan', () => {
  it('counts the pods that run', async () => {
    const api = fakeApi([deployment(), pod('web-1-a', 'example.com/web:1'), pod('web-1-b', 'example.com/web:1')]);
    expect((await mustPlan(api, CORRUPT)).pods.map(({ name }) => name)).toEqual(['web-1-a', 'web-1-b']);
  });

  it('IMG-1: warns of an image that could really run', async () => {
    const plan = await mustPlan(fakeApi([deployment()]), {
      ...CORRUPT,
      parameters: { name: 'web', image: 'docker.io/evil:1' },
    });
    expect(plan.warnings[0]).toBe('image docker.io/evil:1 may really run, with the ServiceAccount of this Deployment');
  });

  it('CL-4: touches the one field and keeps the rest of the container', async () => {
    const api = fakeApi([deployment()]);
    await inject(api, { ...CORRUPT, parameters: { name: 'web', containerName: 'side' } });
    expect(imageOf(api, 0)).toBe('example.com/web:1');
    expect(imageOf(api, 1)).toBe(BAD);
    expect(JSON.stringify(api.peek(WEB))).toContain('"unknownToUs":{"kept":true}');
  });

  it('is bound to what was read: a rollout meanwhile is a conflict', async () => {
    const api = fakeApi([deployment()]);
    const plan = await mustPlan(api, CORRUPT);
    setImage(api, 'example.com/web:2');
    expect((await sendAll(api, plan.writes)).state).toBe('conflict');
    expect(imageOf(api)).toBe('example.com/web:2');
  });
});

describe('the effect', () => {
  it('CL-1: is proven by a pod that cannot pull, not by the image alone', async () => {
    const api = fakeApi([deployment(), pod('web-1-a', 'example.com/web:1')]);
    const plan = await inject(api, CORRUPT);
    expect((await effectOf(api, CORRUPT, plan)).state).toBe('pending');
    api.put(pod('web-2-x', BAD, 'ContainerCreating'));
    expect((await effectOf(api, CORRUPT, plan)).state).toBe('pending');
    api.put(pod('web-2-y', BAD, 'ImagePullBackOff'));
    expect(await effectOf(api, CORRUPT, plan)).toEqual({
      state: 'proven',
      evidence: ['pod web-2-y of web-2: main waits with ImagePullBackOff'],
    });
  });

  it('is absent when the image was put right before any pod failed', async () => {
    const api = fakeApi([deployment()]);
    const plan = await inject(api, CORRUPT);
    setImage(api, 'example.com/web:1');
    expect((await effectOf(api, CORRUPT, plan)).state).toBe('absent');
  });
});

describe('restoring', () => {
  async function injected(): Promise<FakeApi> {
    const api = fakeApi([deployment()]);
    await inject(api, CORRUPT);
    return api;
  }

  it('gives the image back and takes every mark off', async () => {
    const api = await injected();
    const restore = await restoreOf(api, 'ImageCorrupt', WEB);
    expect(restore.is).toBe('restore');
    if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
    expect(comparable(api.peek(WEB))).toEqual(comparable(deployment()));
  });

  it('CL-5, IMG-2: does not roll an upgrade back', async () => {
    const api = await injected();
    setImage(api, 'example.com/web:2');
    expect(await restoreOf(api, 'ImageCorrupt', WEB)).toMatchObject({
      is: 'diverged',
      original: expect.stringContaining('example.com/web:1'),
      injected: expect.stringContaining(BAD),
      live: expect.stringContaining('example.com/web:2'),
    });
  });

  it('only strips the marks when the image is back already', async () => {
    const api = await injected();
    setImage(api, 'example.com/web:1');
    const restore = await restoreOf(api, 'ImageCorrupt', WEB);
    expect(restore.is).toBe('already-restored');
    if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
    expect(comparable(api.peek(WEB))).toEqual(comparable(deployment()));
  });

  it('leaves the marks of another type on the same object alone', async () => {
    const api = await injected();
    api.change(WEB, object => {
      object.metadata.labels = {
        ...object.metadata.labels,
        [TYPE_LABEL]: 'LabelStomping',
        'app.kubernetes.io/managed-by': 'operator-chaos',
      };
      object.metadata.annotations = {
        ...object.metadata.annotations,
        'chaos.operatorchaos.io/rollback-data': 'theirs',
      };
    });
    const restore = await restoreOf(api, 'ImageCorrupt', WEB);
    if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
    expect(api.peek(WEB)?.metadata).toMatchObject({
      labels: { [TYPE_LABEL]: 'LabelStomping', 'app.kubernetes.io/managed-by': 'operator-chaos' },
      annotations: { 'chaos.operatorchaos.io/rollback-data': 'theirs' },
    });
  });

  const left = (annotations: Record<string, string>, image: string) =>
    deployment({}, { annotations }, [{ name: 'main', image }]);
  const saved = {
    'chaos.operatorchaos.io/original-image-main': 'example.com/web:1',
    'chaos.operatorchaos.io/corrupt-container-name': 'main',
  };
  it.each<[string, KubeObject, string]>([
    ['the framework’s own injection', left(saved, BAD), 'restore'],
    [
      'one without the container’s name, where only one image is kept',
      left({ 'chaos.operatorchaos.io/original-image-main': 'example.com/web:1' }, BAD),
      'restore',
    ],
    ['an image that nobody recorded', left(saved, 'example.com/other:3'), 'diverged'],
    [
      'an original that is no image',
      left({ ...saved, 'chaos.operatorchaos.io/original-image-main': 'rm -rf /' }, BAD),
      'corrupt',
    ],
    ['a name without its image', left({ 'chaos.operatorchaos.io/corrupt-container-name': 'main' }, BAD), 'corrupt'],
    [
      'a container that is gone',
      left(
        { 'chaos.operatorchaos.io/original-image-old': 'a', 'chaos.operatorchaos.io/corrupt-container-name': 'old' },
        'shop/main:1',
      ),
      'diverged',
    ],
    [
      'a container that has another name now, and the injected image still',
      left(
        { 'chaos.operatorchaos.io/original-image-old': 'a', 'chaos.operatorchaos.io/corrupt-container-name': 'old' },
        BAD,
      ),
      'corrupt',
    ],
  ])('judges %s', async (_what, object, kind) => {
    expect((await restoreOf(fakeApi([object]), 'ImageCorrupt', WEB)).is).toBe(kind);
  });
});
