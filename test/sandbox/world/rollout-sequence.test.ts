import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../src/sandbox/controllers/kinds.ts';
import { startTestWorld } from './harness.ts';
import { deployment } from './make.ts';

/**
 * What a real control plane (v1.36.3) said for the same steps: ten replicas; an image that cannot be pulled; scaled to
 * fourteen in the middle of it; rolled back. GOOD and BAD stand for the two ReplicaSets.
 */
const SCALING = [
  'Scaled up replica set GOOD from 0 to 10',
  'Scaled up replica set BAD from 0 to 3',
  'Scaled down replica set GOOD from 10 to 8',
  'Scaled up replica set BAD from 3 to 5',
  'Scaled up replica set GOOD from 8 to 11',
  'Scaled up replica set BAD from 5 to 7',
  'Scaled down replica set BAD from 7 to 0',
  'Scaled up replica set GOOD from 11 to 14',
];

describe('a rollout that gets stuck, is scaled and undone', () => {
  it('goes through the same steps as on a real control plane', async () => {
    const w = startTestWorld();
    await w.admin.create('namespaces', { metadata: { name: 'ex' } });
    await w.pass(200);
    const patch = (spec: unknown) => w.admin.patch('deployments.apps', 'ex', 'web', 'strategic', { spec });
    const image = (name: string) => patch({ template: { spec: { containers: [{ name: 'a', image: name }] } } });
    await w.admin.create('deployments.apps', { metadata: { name: 'web', namespace: 'ex' }, spec: deployment(10).spec });
    await w.pass(6000);
    await image('registry.invalid/nonexistent:chaos');
    await w.pass(6000);
    await patch({ replicas: 14 });
    await w.pass(5000);
    const stuck = w.store.get<Deployment>('deployments.apps', 'ex', 'web');
    expect(stuck?.status).toMatchObject({
      replicas: 18,
      updatedReplicas: 7,
      readyReplicas: 11,
      unavailableReplicas: 7,
    });
    await image('example.com/a:1');
    await w.pass(8000);

    const sets = w.store.list<Deployment>('replicasets.apps', 'ex');
    const nameOf = (text: string) =>
      sets.find(s => s.spec.template.spec.containers[0]?.image?.includes(text))?.metadata.name ?? '';
    const said = w.store
      .list('events', 'ex')
      .filter(e => e.reason === 'ScalingReplicaSet')
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(e => String(e.message).replace(nameOf('example.com'), 'GOOD').replace(nameOf('invalid'), 'BAD'));
    expect(said).toEqual(SCALING);

    const good = sets.find(s => s.metadata.name === nameOf('example.com'));
    expect(good?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
      'deployment.kubernetes.io/desired-replicas': '14',
      'deployment.kubernetes.io/max-replicas': '18',
    });
    const done = w.store.get<Deployment>('deployments.apps', 'ex', 'web');
    expect(done?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect(done?.status).toMatchObject({
      observedGeneration: 4,
      replicas: 14,
      updatedReplicas: 14,
      readyReplicas: 14,
      availableReplicas: 14,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${nameOf('example.com')}" has successfully progressed.`,
        },
      ],
    });
    expect(done?.status?.unavailableReplicas).toBeUndefined();
    expect(w.world.failures).toEqual([]);
  });
});
