import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, start } from './controlplane/start.ts';
import { eventually } from './eventually.ts';
import { noControlPlane } from './skip.ts';

const core = '/api/v1/namespaces/default';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
}
const plain = (name: string): Container => ({ name, image: `example.test/${name}:1` });
const two: readonly Container[] = [plain('app'), plain('proxy')];

describe.skipIf(noControlPlane)('simulated pods', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await start();
  });
  afterAll(async () => cluster?.stop());

  const create = (name: string, containers: readonly Container[], annotations = {}, more = {}): Promise<unknown> =>
    cluster.api.must('POST', `${core}/pods`, {
      metadata: { name, annotations, ...more },
      spec: { containers, terminationGracePeriodSeconds: 30 },
    });
  const annotate = (name: string, annotations: object): Promise<unknown> => {
    const patch = { metadata: { annotations } };
    return cluster.api.must('PATCH', `${core}/pods/${name}`, patch, [], 'application/merge-patch+json');
  };
  /** The pod, once `seen` holds of its status. */
  const pod = (name: string, seen: (status: Status) => boolean) =>
    eventually(`${name} as expected`, async () => {
      const { body } = await cluster.api.must('GET', `${core}/pods/${name}`);
      return seen(body.status) && (body.status as Status);
    });

  test('come up whole, with an address', async () => {
    await create('whole', two);
    const status = await pod('whole', isReady);
    expect(status.phase).toBe('Running');
    expect(status.podIP).toMatch(/^10\.244\./);
    expect(status.containerStatuses?.map(each => each.ready)).toEqual([true, true]);
  });

  test('cannot pull from registry.invalid, while the other container runs', async () => {
    await create('no-image', [{ name: 'app', image: 'registry.invalid/app:1' }, plain('proxy')]);
    const status = await pod('no-image', each => waiting(each, 'app') === 'ImagePullBackOff');
    expect(status.phase).toBe('Pending');
    expect(status.containerStatuses?.map(each => each.ready)).toEqual([false, true]);
    expect(isReady(status)).toBe(false);
  });

  test('crash and restart with back-off when the command does not exist', async () => {
    await create('no-command', [{ ...plain('app'), command: ['/chaos-nonexistent-binary'] }]);
    const first = await pod('no-command', each => waiting(each, 'app') === 'CrashLoopBackOff');
    expect(first.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
    const again = await pod('no-command', each => each.containerStatuses?.[0]?.restartCount === 1);
    expect(again.phase).toBe('Running');
  });

  test('are killed for memory', async () => {
    await create('hungry', two, { 'mayday.test/oom': 'app' });
    const status = await pod('hungry', each => waiting(each, 'app') === 'CrashLoopBackOff');
    expect(status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(status.containerStatuses?.[1]?.ready).toBe(true);
  });

  test('have one of two containers ready, and change when the annotation does', async () => {
    await create('half', two, { 'mayday.test/not-ready': 'proxy' });
    const status = await pod('half', each => each.phase === 'Running');
    expect(status.containerStatuses?.map(each => each.ready)).toEqual([true, false]);
    await annotate('half', { 'mayday.test/not-ready': null });
    await pod('half', isReady);
    await annotate('half', { 'mayday.test/not-ready': 'app' });
    await pod('half', each => !isReady(each) && each.containerStatuses?.[0]?.ready === false);
  });

  test('start slowly', async () => {
    await create('slow', two, { 'mayday.test/start-after': '3s' });
    const status = await pod('slow', each => waiting(each, 'app') === 'ContainerCreating');
    expect(status.phase).toBe('Pending');
    await pod('slow', isReady);
  });

  test('stay unschedulable for the real scheduler’s reasons', async () => {
    await cluster.api.must('POST', `${core}/pods`, {
      metadata: { name: 'nowhere' },
      spec: { containers: two, nodeSelector: { disk: 'none-has-this' } },
    });
    const status = await pod('nowhere', each => condition(each, 'PodScheduled')?.status === 'False');
    expect(condition(status, 'PodScheduled')).toMatchObject({ reason: 'Unschedulable' });
  });

  test('go when deleted, but not while a finalizer holds them', async () => {
    await create('held', two, {}, { finalizers: ['example.test/hold'] });
    await pod('held', isReady);
    await cluster.api.must('DELETE', `${core}/pods/held`);
    await new Promise(resolve => setTimeout(resolve, 1500));
    const { body } = await cluster.api.must('GET', `${core}/pods/held`);
    expect(body.metadata).toMatchObject({ finalizers: ['example.test/hold'] });
    const free = { metadata: { finalizers: null } };
    await cluster.api.must('PATCH', `${core}/pods/held`, free, [], 'application/merge-patch+json');
    await eventually('held is gone', async () => (await cluster.api.call('GET', `${core}/pods/held`)).status === 404);
  });

  test('make a Deployment miss its progress deadline as the real controller sees it', async () => {
    const labels = { app: 'stuck' };
    await cluster.api.must('POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'stuck' },
      spec: {
        progressDeadlineSeconds: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.invalid/app:1' }] } },
      },
    });
    await eventually('ProgressDeadlineExceeded', async () => {
      const { body } = await cluster.api.must('GET', '/apis/apps/v1/namespaces/default/deployments/stuck');
      return condition(body.status, 'Progressing')?.reason === 'ProgressDeadlineExceeded';
    });
  });

  test('of a Job succeed', async () => {
    await cluster.api.must('POST', '/apis/batch/v1/namespaces/default/jobs', {
      metadata: { name: 'job' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [plain('work')] } } },
    });
    await eventually('the job is complete', async () => {
      const { body } = await cluster.api.must('GET', '/apis/batch/v1/namespaces/default/jobs/job');
      return condition(body.status, 'Complete')?.status === 'True';
    });
  });
});

interface Status {
  readonly phase?: string;
  readonly podIP?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  readonly containerStatuses?: readonly {
    readonly name: string;
    readonly ready: boolean;
    readonly restartCount: number;
    readonly state?: { readonly waiting?: { readonly reason: string } };
    readonly lastState?: { readonly terminated?: object };
  }[];
}

const condition = (status: Status, type: string) => status.conditions?.find(each => each.type === type);
const isReady = (status: Status): boolean => condition(status, 'Ready')?.status === 'True';
const waiting = (status: Status, container: string): string | undefined =>
  status.containerStatuses?.find(each => each.name === container)?.state?.waiting?.reason;
