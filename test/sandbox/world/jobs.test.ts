import { beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/sandbox/controllers/kinds.ts';
import { startTestWorld, type TestWorld } from './harness.ts';

let w: TestWorld;

beforeEach(async () => {
  w = startTestWorld();
  await w.admin.create('namespaces', { metadata: { name: 'ex' } });
  await w.pass(200);
});

const template = (command: string[]) => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'example.com/a:1', command }] },
});
const job = (command: string[], more = {}) =>
  w.admin.create('jobs.batch', {
    metadata: { name: 'x', namespace: 'ex' },
    spec: { template: template(command), ...more },
  });
const indexed = (command: string[], more = {}) =>
  job(command, { completionMode: 'Indexed', backoffLimitPerIndex: 0, ...more });
const pods = () => w.store.list<Pod>('pods', 'ex');
const indexes = () => pods().map(pod => pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']);
const status = () =>
  w.store.get('jobs.batch', 'ex', 'x')?.status as Record<string, unknown> & { conditions?: object[] };

describe('an Indexed Job', () => {
  it('has one pod for each index, the lowest first, which know their number', async () => {
    await indexed(['sleep', '3'], { completions: 3, parallelism: 2 });
    await w.pass(600);
    expect(indexes()).toEqual(['0', '1']);
    const [first] = pods();
    expect(first?.metadata.name).toMatch(/^x-0-[a-z0-9]{5}$/);
    expect(first?.spec).toMatchObject({ hostname: 'x-0' });
    expect(first?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: {
          fieldRef: { apiVersion: 'v1', fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" },
        },
      },
    ]);
    await w.pass(20_000, 200);
    expect(status()).toMatchObject({ succeeded: 3, completedIndexes: '0-2', failedIndexes: '' });
    expect(status().conditions?.at(-1)).toMatchObject({ type: 'Complete', reason: 'CompletionsReached' });
  });

  it('goes on without an index that failed, and has failed in the end', async () => {
    await indexed(['sleep', '5'], { completions: 3, parallelism: 3 });
    await w.pass(1500, 100);
    const second = pods().find(pod => pod.metadata.name.startsWith('x-1-'));
    await w.admin.delete('pods', 'ex', second?.metadata.name ?? '');
    await w.pass(20_000, 200);
    expect(pods().map(pod => pod.metadata.name.slice(0, 3))).toEqual(['x-0', 'x-2']);
    expect(status()).toMatchObject({ succeeded: 2, failed: 1, completedIndexes: '0,2', failedIndexes: '1' });
    expect(status().conditions).toMatchObject([
      { type: 'FailureTarget', reason: 'FailedIndexes', message: 'Job has failed indexes' },
      { type: 'Failed', reason: 'FailedIndexes', message: 'Job has failed indexes' },
    ]);
  });
});

describe('a Job', () => {
  it('whose pod is deleted before its end has failed: with no retries nothing runs a second time', async () => {
    await job(['sleep', '60'], { backoffLimit: 0 });
    await w.pass(2000, 100);
    await w.admin.delete('pods', 'ex', pods()[0]?.metadata.name ?? '');
    await w.pass(20_000, 200);
    expect(pods()).toEqual([]);
    expect(status()).toMatchObject({ failed: 1 });
    expect(status().conditions?.at(-1)).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
  });

  it('is ended by its deadline: first its pods, then it has failed', async () => {
    await job(['sleep', '600'], { backoffLimit: 0, activeDeadlineSeconds: 5 });
    await w.pass(3000, 100);
    expect(pods()).toHaveLength(1);
    await w.pass(10_000, 100);
    expect(pods()).toEqual([]);
    expect(status().conditions).toMatchObject([
      { type: 'FailureTarget', reason: 'DeadlineExceeded' },
      { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' },
    ]);
  });

  it('is deleted with its pods when its time after the end is over', async () => {
    await job(['true'], { ttlSecondsAfterFinished: 30 });
    await w.pass(10_000, 200);
    expect(status().conditions?.at(-1)).toMatchObject({ type: 'Complete' });
    await w.pass(35_000, 500);
    expect(w.store.get('jobs.batch', 'ex', 'x')).toBeUndefined();
    expect(pods()).toEqual([]);
  });
});

describe('a CronJob', () => {
  const cron = (more = {}) =>
    w.admin.create('cronjobs.batch', {
      metadata: { name: 'c', namespace: 'ex' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template(['sleep', '100']) } }, ...more },
    });
  const jobs = () => w.store.list('jobs.batch', 'ex');

  it('makes a Job when it is due, and while that runs no other where it forbids it', async () => {
    await cron({ concurrencyPolicy: 'Forbid' });
    await w.pass(61_000, 500);
    const [first] = jobs();
    expect(first?.metadata).toMatchObject({
      name: expect.stringMatching(/^c-\d+$/),
      ownerReferences: [{ kind: 'CronJob', name: 'c', controller: true }],
    });
    const at = Number(first?.metadata.name.slice(2)) * 60_000;
    expect(w.store.get('cronjobs.batch', 'ex', 'c')?.status).toMatchObject({
      active: [{ kind: 'Job', name: first?.metadata.name }],
      lastScheduleTime: new Date(at).toISOString().replace('.000', ''),
    });
    await w.pass(60_000, 500);
    expect(jobs()).toHaveLength(1);
  });

  it('makes none while it is suspended', async () => {
    await cron({ suspend: true });
    await w.pass(130_000, 1000);
    expect(jobs()).toEqual([]);
  });

  it('keeps no more of its old Jobs than it wants, with what they left', async () => {
    await cron({ jobTemplate: { spec: { template: template(['true']) } }, successfulJobsHistoryLimit: 1 });
    await w.pass(190_000, 1000);
    expect(jobs().length).toBeLessThanOrEqual(2);
    await w.admin.delete('cronjobs.batch', 'ex', 'c');
    await w.pass(5_000, 200);
    expect([...jobs(), ...pods()]).toEqual([]);
  });
});
