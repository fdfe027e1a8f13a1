import { describe, expect, it } from 'vitest';
import { MANAGED_BY, MANAGER, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop } from '../support/objects.ts';
import { inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const of = ({ apiVersion, kind, metadata: { name } }: KubeObject): Wanted => ({
  type: 'ResourceDeletion',
  parameters: { apiVersion, kind, name },
});
const backupOf = ({ kind, metadata: { name } }: KubeObject) => ({
  kind: 'Secret',
  name: `chaos-backup-resource-${kind.toLowerCase()}-${name}`,
});
const service = (name: string, spec: object = {}) => inShop('v1', 'Service', name, { spec });
const specOf = (object: KubeObject | undefined) => object?.spec as Record<string, unknown>;

describe('what is refused', () => {
  it('RES-1: two kinds of one name whose backups would share a name', async () => {
    const core = service('web');
    const knative = inShop('serving.knative.dev/v1', 'Service', 'web');
    const api = fakeApi([core]);
    await inject(api, of(core));
    api.put(knative);
    expect(await refusal(api, of(knative))).toMatch(/^already-injected: .*holds Service web of v1, another kind/);
  });

  it('RES-5: whatever lives in no namespace', async () => {
    const storage = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' } };
    const api = fakeApi([storage], { kinds: [clustered('storage.k8s.io', 'StorageClass', 'storageclasses')] });
    expect(await refusal(api, of(storage))).toMatch(/^outside-blast-radius: .*cluster-scoped/);
  });

  it('RES-8: kinds that give rights, and the chaos tooling itself', async () => {
    const role = inShop('rbac.authorization.k8s.io/v1', 'Role', 'reader');
    expect(await refusal(fakeApi([role]), of(role))).toMatch(/^forbidden-target: .*grants permissions/);
    const tool = inShop('v1', 'ConfigMap', 'x', { metadata: { labels: { 'app.kubernetes.io/part-of': 'mayday' } } });
    expect(await refusal(fakeApi([tool]), of(tool))).toMatch(/^forbidden-target: .*chaos tooling/);
  });

  it('numbers that a backup could only round, and names that make no backup', async () => {
    const exact = inShop('v1', 'ConfigMap', 'x', { spec: { at: 12345678901234567000 } });
    expect(await refusal(fakeApi([exact]), of(exact))).toMatch(/^forbidden-target: .*too many digits/);
    const odd = inShop('v1', 'ConfigMap', 'a:b');
    expect(await refusal(fakeApi([odd]), of(odd))).toMatch(/^invalid: .*not a valid Secret name/);
  });

  it('what cannot be read', async () => {
    const web = service('web', { selector: { app: 'web' } });
    const api = fakeApi([web]);
    api.script({ on: request => request.verb === 'list', answer: failing('forbidden', 'no') });
    expect(await refusal(api, of(web))).toMatch(/^blind: /);
  });
});

const clustered = (group: string, kind: string, resource: string) => ({
  group,
  version: 'v1',
  apiVersion: `${group}/v1`,
  kind,
  resource,
  singular: kind.toLowerCase(),
  namespaced: false,
  verbs: ['get', 'list'],
  shortNames: [],
  subresources: [],
});

describe('pods in reach', () => {
  const pod = (name: string, spec: object = {}, owner?: KubeObject) =>
    inShop('v1', 'Pod', name, { metadata: { labels: { app: 'web' }, ...ownedBy(owner) }, spec });
  const ownedBy = (owner: KubeObject | undefined) =>
    owner === undefined
      ? {}
      : {
          ownerReferences: [
            { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid },
          ],
        };
  const uid = (object: KubeObject, value: string, more: object = {}): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, uid: value, ...more },
  });

  it('those that hang on a custom resource through any number of owners', async () => {
    const widget = uid(inShop('demo.example.com/v1', 'Widget', 'w'), 'u-w');
    const deployment = uid(inShop('apps/v1', 'Deployment', 'd'), 'u-d', ownedBy(widget));
    const replicas = uid(inShop('apps/v1', 'ReplicaSet', 'r'), 'u-r', ownedBy(deployment));
    const plan = await mustPlan(fakeApi([widget, deployment, replicas, pod('a', {}, replicas), pod('b')]), of(widget));
    expect(plan.pods.map(({ name }) => name)).toEqual(['a']);
  });

  it('those that a Service selects, mount a claim, or run as an account', async () => {
    const users = [
      pod('mounts', { volumes: [{ persistentVolumeClaim: { claimName: 'disk' } }] }),
      pod('runs', { serviceAccountName: 'bot' }),
    ];
    const reach = async (target: KubeObject) =>
      (await mustPlan(fakeApi([target, ...users]), of(target))).pods.map(({ name }) => name);
    expect(await reach(service('web', { selector: { app: 'web' } }))).toEqual(['mounts', 'runs']);
    expect(await reach(inShop('v1', 'PersistentVolumeClaim', 'disk'))).toEqual(['mounts']);
    expect(await reach(inShop('v1', 'ServiceAccount', 'bot'))).toEqual(['runs']);
  });
});

describe('RES-7: what the server takes again', () => {
  it('a Service with its own address and ports, where they are still free', async () => {
    const web = service('web', {
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      ports: [{ port: 80, nodePort: 30080 }],
    });
    const api = fakeApi([web]);
    await inject(api, of(web));
    await revertEverything(api);
    expect(specOf(api.peek(at(web)))).toEqual(web.spec);
  });

  it('with others where another Service has them now, and says so', async () => {
    const web = service('web', {
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      ports: [
        { port: 80, nodePort: 30080 },
        { port: 81, nodePort: 30081 },
      ],
    });
    const api = fakeApi([web]);
    await inject(api, of(web));
    api.put({ ...service('thief', { clusterIP: '10.0.0.7', ports: [{ port: 1, nodePort: 30081 }] }) });
    const [receipt] = await revertEverything(api);
    expect(receipt?.message).toMatch(
      /new cluster IP, since Service shop\/thief has 10\.0\.0\.7.*new node ports instead of 30081/,
    );
    expect(specOf(api.peek(at(web)))).toEqual({ ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] });
  });

  it('a headless Service stays headless', async () => {
    const web = service('web', { clusterIP: 'None', clusterIPs: ['None'] });
    const api = fakeApi([web, service('other', { clusterIP: 'None' })]);
    await inject(api, of(web));
    await revertEverything(api);
    expect(specOf(api.peek(at(web)))).toEqual(web.spec);
  });

  it('a Job without what is generated from its uid', async () => {
    const labels = { mine: 'yes', 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u' };
    const job = inShop('batch/v1', 'Job', 'once', {
      metadata: { labels },
      spec: {
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
        template: { metadata: { labels }, spec: {} },
      },
    });
    const api = fakeApi([job]);
    const plan = await inject(api, of(job));
    expect(plan.undo.reversible).toBe(false);
    await revertEverything(api);
    const back = api.peek(at(job));
    expect(specOf(back)).toEqual({ template: { metadata: { labels: { mine: 'yes' } }, spec: {} } });
    expect(back?.metadata.labels).toEqual({ mine: 'yes' });
  });

  it('a Pod that the scheduler places anew', async () => {
    const pod = inShop('v1', 'Pod', 'bare', { spec: { nodeName: 'n1', priority: 0, containers: [{ name: 'c' }] } });
    const api = fakeApi([pod]);
    await inject(api, of(pod));
    await revertEverything(api);
    expect(specOf(api.peek(at(pod)))).toEqual({ containers: [{ name: 'c' }] });
  });

  const claim = inShop('v1', 'PersistentVolumeClaim', 'disk', {
    metadata: { uid: 'u-claim', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: 'pv-1' },
  });
  const volume = (claimRef: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1' },
    spec: { claimRef },
  });

  it('a claim gets its volume back where that still waits for it', async () => {
    const api = fakeApi([claim, volume({ name: 'disk', namespace: 'shop', uid: 'u-claim', resourceVersion: '7' })], {
      kinds: [{ ...clustered('', 'PersistentVolume', 'persistentvolumes'), apiVersion: 'v1' }],
    });
    expect((await inject(api, of(claim))).undo.reversible).toBe(false);
    expect(await revertEverything(api)).toMatchObject([{ verified: true }]);
    expect(specOf(api.peek(at(volume({}))))).toEqual({ claimRef: { name: 'disk', namespace: 'shop' } });
    expect(specOf(api.peek(at(claim)))).toEqual({ volumeName: 'pv-1' });
    expect(api.peek(at(claim))?.metadata.annotations).toBeUndefined();
  });

  it('a claim whose volume is gone says that its data is', async () => {
    const api = fakeApi([claim]);
    await inject(api, of(claim));
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ verified: true, message: expect.stringContaining('new and empty volume') });
    expect(specOf(api.peek(at(claim)))).toEqual({});
  });
});

const NET = 'networking.k8s.io/v1';
const allows = (rule: object) => ({ podSelector: {}, ingress: [{ ports: [{ port: 80 }], ...rule }] });

describe('what others made meanwhile', () => {
  it('the same Service at another address is the Service come back', async () => {
    const web = service('web', {
      clusterIP: '10.0.0.7',
      type: 'ClusterIP',
      selector: { app: 'web' },
      ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }],
    });
    const api = fakeApi([web]);
    await inject(api, of(web));
    api.put(
      service('web', {
        clusterIP: '10.0.0.9',
        type: 'ClusterIP',
        selector: { app: 'web' },
        ports: [{ port: 80, protocol: 'TCP' }],
      }),
    );
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
  });

  it.each([
    ['a paused Deployment', 'apps/v1', 'Deployment', { replicas: 3 }, { replicas: 3, paused: true }],
    [
      'a suspended Job',
      'batch/v1',
      'Job',
      { template: { metadata: {} } },
      { template: { metadata: {} }, suspend: true },
    ],
    ['a NetworkPolicy that lets less in', NET, 'NetworkPolicy', allows({}), allows({ from: [{ podSelector: {} }] })],
    [
      'a Service with one more kind of traffic',
      'v1',
      'Service',
      { ports: [] },
      { ports: [], externalIPs: ['1.2.3.4'] },
    ],
  ])('%s in its place is not the original, and by force becomes it', async (_, apiVersion, kind, was, is) => {
    const first = inShop(apiVersion, kind, 'web', { spec: was });
    const api = fakeApi([first]);
    await inject(api, of(first));
    api.put(inShop(apiVersion, kind, 'web', { spec: is }));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api.peek(at(first)))).toEqual(was);
  });

  it('another Service of that name is not, and by force becomes it, at its own address', async () => {
    const web = service('web', { clusterIP: '10.0.0.7', selector: { app: 'web' } });
    const api = fakeApi([web]);
    await inject(api, of(web));
    api.put(service('web', { clusterIP: '10.0.0.9', selector: { app: 'other' } }));
    expect(await restoreOf(api, 'ResourceDeletion', backupOf(web))).toMatchObject({
      original: '{"spec":{"selector":{"app":"web"}}}',
      live: '{"spec":{"selector":{"app":"other"}}}',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api.peek(at(web)))).toEqual({ clusterIP: '10.0.0.9', selector: { app: 'web' } });
  });

  it('RES-8: a backup that gives rights is never taken at its word', async () => {
    const role = inShop('rbac.authorization.k8s.io/v1', 'Role', 'reader', { rules: [{ verbs: ['*'] }] });
    const backup = inShop('v1', 'Secret', backupOf(role).name, {
      metadata: { labels: { [MANAGED_BY]: MANAGER, [TYPE_LABEL]: 'ResourceDeletion' } },
      data: { 'resource-backup': Buffer.from(JSON.stringify(role)).toString('base64') },
    });
    const api = fakeApi([backup]);
    expect(await restoreOf(api, 'ResourceDeletion', backupOf(role))).toMatchObject({
      is: 'diverged',
      says: expect.stringContaining('grants permissions'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(api.all()).toHaveLength(1);
  });
});

describe('what the deleted object owned', () => {
  it('stays gone, and plan and receipt say so', async () => {
    const web = service('web', { selector: { app: 'web' } });
    const api = fakeApi([web]);
    const { warnings } = await mustPlan(api, of(web));
    expect(warnings.join('\n')).toContain(
      'have it as their owner are garbage-collected with it; a revert does not restore',
    );
    await inject(api, of(web));
    const receipts = await revertEverything(api);
    expect(receipts.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'objects that had it as their owner were garbage-collected with it; only their controllers',
      ),
    ]);
  });
});

it('a Service made anew whose selector has a label more is not called what it was', async () => {
  const web = service('web', { selector: { app: 'web' } });
  const api = fakeApi([web]);
  await inject(api, of(web));
  api.put(service('web', { selector: { app: 'web', track: 'canary' } }));
  const [receipt] = await revertEverything(api);
  expect(receipt).toMatchObject({ outcome: 'diverged', verified: false });
});
