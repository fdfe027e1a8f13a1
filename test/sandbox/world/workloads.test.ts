import { beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/sandbox/controllers/kinds.ts';
import { startTestWorld, type TestWorld } from './harness.ts';

let w: TestWorld;

beforeEach(async () => {
  w = startTestWorld();
  await w.admin.create('namespaces', { metadata: { name: 'ex' } });
  await w.pass(200);
});

const template = (containers: unknown = [{ name: 'a', image: 'example.com/a:1' }], more = {}) => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers, ...more },
});
const selector = { matchLabels: { app: 'x' } };
const names = () => w.store.list('pods', 'ex').map(p => p.metadata.name);
const status = (resource: string) => w.store.get(resource, 'ex', 'x')?.status;

describe('a stateful set', () => {
  const set = (more = {}) =>
    w.admin.create('statefulsets.apps', {
      metadata: { name: 'x', namespace: 'ex' },
      spec: { replicas: 3, serviceName: 'x', selector, template: template(), ...more },
    });

  it('starts its pods one after the other, in order', async () => {
    await set();
    await w.pass(300);
    expect(names()).toEqual(['x-0']);
    await w.pass(12_000, 200);
    expect(names()).toEqual(['x-0', 'x-1', 'x-2']);
    expect(status('statefulsets.apps')).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    });
  });

  it('starts them together when told to', async () => {
    await set({ podManagementPolicy: 'Parallel' });
    await w.pass(300);
    expect(names()).toEqual(['x-0', 'x-1', 'x-2']);
  });

  it('shrinks from the top, and replaces a lost pod under its name', async () => {
    await set({ replicas: 2 });
    await w.pass(10_000, 200);
    const first = w.store.get('pods', 'ex', 'x-0')?.metadata.uid;
    await w.admin.delete('pods', 'ex', 'x-0');
    await w.pass(6000, 200);
    expect(w.store.get('pods', 'ex', 'x-0')?.metadata.uid).not.toBe(first);
    await w.admin.patch('statefulsets.apps', 'ex', 'x', 'merge', { spec: { replicas: 1 } });
    await w.pass(3000, 200);
    expect(names()).toEqual(['x-0']);
  });

  it('stops at the first pod of a bad template, from the top', async () => {
    await set({ replicas: 2 });
    await w.pass(10_000, 200);
    const containers = [{ name: 'a', image: 'registry.invalid/nonexistent:chaos' }];
    await w.admin.patch('statefulsets.apps', 'ex', 'x', 'strategic', { spec: { template: { spec: { containers } } } });
    await w.pass(10_000, 200);
    const images = w.store.list<Pod>('pods', 'ex').map(p => p.spec.containers[0]?.image);
    expect(images).toEqual(['example.com/a:1', 'registry.invalid/nonexistent:chaos']);
    expect(status('statefulsets.apps')).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
  });
});

describe('a daemon set', () => {
  it('runs once on every node', async () => {
    await w.admin.create('daemonsets.apps', {
      metadata: { name: 'x', namespace: 'ex' },
      spec: { selector, template: template() },
    });
    await w.pass(5000, 200);
    const nodes = w.store.list<Pod>('pods', 'ex').map(p => p.spec.nodeName);
    expect(nodes.sort()).toEqual(['node-1', 'node-2', 'node-3']);
    expect(status('daemonsets.apps')).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
    });
  });

  it('keeps two of three while a new image cannot be pulled', async () => {
    await w.admin.create('daemonsets.apps', {
      metadata: { name: 'x', namespace: 'ex' },
      spec: { selector, template: template() },
    });
    await w.pass(5000, 200);
    const containers = [{ name: 'a', image: 'registry.invalid/nonexistent:chaos' }];
    await w.admin.patch('daemonsets.apps', 'ex', 'x', 'strategic', { spec: { template: { spec: { containers } } } });
    await w.pass(10_000, 200);
    expect(status('daemonsets.apps')).toMatchObject({
      numberReady: 2,
      numberUnavailable: 1,
      updatedNumberScheduled: 1,
    });
  });
});

describe('a job', () => {
  const job = (command: string[], more = {}) =>
    w.admin.create('jobs.batch', {
      metadata: { name: 'x', namespace: 'ex' },
      spec: {
        template: template([{ name: 'a', image: 'example.com/a:1', command }], { restartPolicy: 'Never' }),
        ...more,
      },
    });
  const verdict = () =>
    (status('jobs.batch') as { conditions?: { type: string; reason: string }[] }).conditions?.at(-1);

  it('is complete when enough pods have succeeded', async () => {
    await job(['sleep', '1'], { completions: 2 });
    await w.pass(12_000, 200);
    expect(status('jobs.batch')).toMatchObject({ succeeded: 2, ready: 0 });
    expect(verdict()).toMatchObject({ type: 'Complete', reason: 'CompletionsReached' });
    expect(w.store.list('events', 'ex').some(e => e.reason === 'Completed' && e.message === 'Job completed')).toBe(
      true,
    );
  });

  it('fails when its pods fail too often', async () => {
    await job(['/bin/false'], { backoffLimit: 1 });
    await w.pass(40_000, 500);
    expect(status('jobs.batch')).toMatchObject({ failed: 2 });
    expect(verdict()).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
  });
});
