import { describe, expect, it } from 'vitest';
import { collectorActionFor } from '../../../src/sandbox/controllers/cluster/garbage.ts';
import { terminatingConditions } from '../../../src/sandbox/controllers/cluster/namespace.ts';
import { chooseNode, type Node } from '../../../src/sandbox/controllers/cluster/scheduler.ts';
import { conditionOf } from '../../../src/sandbox/controllers/conditions.ts';
import type { Deployment, Pod } from '../../../src/sandbox/controllers/kinds.ts';
import { budgetStatus, type DisruptionBudget } from '../../../src/sandbox/controllers/policy/pdb.ts';
import { startTestWorld, type TestWorld } from './harness.ts';
import { AT, pod } from './make.ts';

const space = (w: TestWorld, name: string) =>
  w.store.create('namespaces', {
    metadata: { name },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });

const owned = (owner: { uid: string; name: string }, block = true) => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, blockOwnerDeletion: block }],
});

describe('garbage collection', () => {
  const ref = (uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid });

  it('judges by uid, and only collects what has no owner left', () => {
    const alive = (uid: string) => uid === 'here';
    expect(collectorActionFor([], alive)).toBe('keep');
    expect(collectorActionFor([ref('here')], alive)).toBe('keep');
    expect(collectorActionFor([ref('gone')], alive)).toBe('collect');
    expect(collectorActionFor([ref('here'), ref('gone')], alive)).toEqual({ drop: ['gone'] });
  });

  const family = (w: TestWorld) => {
    space(w, 'ex');
    const owner = w.store.create('configmaps', { metadata: { name: 'owner', namespace: 'ex' } });
    const { uid } = owner.metadata;
    w.store.create('configmaps', { metadata: { name: 'child', namespace: 'ex', ...owned({ uid, name: 'owner' }) } });
    return {
      child: () => w.store.get('configmaps', 'ex', 'child'),
      owner: () => w.store.get('configmaps', 'ex', 'owner'),
    };
  };

  it('takes children after their owner in the background', async () => {
    const w = startTestWorld();
    const { child } = family(w);
    w.store.delete('configmaps', 'ex', 'owner', { propagationPolicy: 'Background' });
    expect(child()).toBeDefined();
    await w.pass(500);
    expect(child()).toBeUndefined();
  });

  it('takes children before their owner in the foreground, and waits for their finalizers', async () => {
    const w = startTestWorld();
    const { child, owner } = family(w);
    w.store.modify('configmaps', 'ex', 'child', d => {
      d.metadata.finalizers = ['example.com/hold'];
    });
    w.store.delete('configmaps', 'ex', 'owner', { propagationPolicy: 'Foreground' });
    await w.pass(500);
    expect(child()?.metadata.deletionTimestamp).toBeDefined();
    expect(owner()?.metadata.finalizers).toEqual(['foregroundDeletion']);
    w.store.modify('configmaps', 'ex', 'child', d => {
      delete d.metadata.finalizers;
    });
    await w.pass(500);
    expect(child()).toBeUndefined();
    expect(owner()).toBeUndefined();
  });

  it('lets children go when their owner is orphaning them', async () => {
    const w = startTestWorld();
    const { child, owner } = family(w);
    w.store.delete('configmaps', 'ex', 'owner', { propagationPolicy: 'Orphan' });
    await w.pass(500);
    expect(owner()).toBeUndefined();
    expect(child()?.metadata.ownerReferences).toBeUndefined();
  });

  it('collects what is created with an owner that does not exist, even under its name', async () => {
    const w = startTestWorld();
    const { child } = family(w);
    w.store.create('configmaps', {
      metadata: { name: 'late', namespace: 'ex', ...owned({ uid: 'no-such-uid', name: 'owner' }) },
    });
    await w.pass(500);
    expect(w.store.get('configmaps', 'ex', 'late')).toBeUndefined();
    expect(child()).toBeDefined();
  });
});

describe('namespaces', () => {
  it('are furnished when made', async () => {
    const w = startTestWorld();
    space(w, 'ex');
    await w.pass(100);
    expect(w.store.get('serviceaccounts', 'ex', 'default')).toBeDefined();
    expect(w.store.get('configmaps', 'ex', 'kube-root-ca.crt')?.data).toHaveProperty(['ca.crt']);
  });

  it('take everything with them', async () => {
    const w = startTestWorld();
    await w.pass(100);
    w.store.delete('namespaces', undefined, 'kserve');
    await w.pass(10_000);
    expect(w.store.get('namespaces', undefined, 'kserve')).toBeUndefined();
    for (const resource of ['pods', 'deployments.apps', 'configmaps', 'routes.route.openshift.io'])
      expect(w.store.list(resource, 'kserve')).toEqual([]);
    expect(w.world.failures).toEqual([]);
  });

  it('stay while a finalizer holds something, and say what', async () => {
    const w = startTestWorld();
    space(w, 'ex');
    w.store.create('configmaps', {
      metadata: { name: 'held', namespace: 'ex', finalizers: ['chaos.operatorchaos.io/block'] },
    });
    w.store.delete('namespaces', undefined, 'ex');
    await w.pass(8000, 200);
    const ns = w.store.get('namespaces', undefined, 'ex');
    const status = ns?.status as { phase: string; conditions: { type: string; status: string; message: string }[] };
    expect(status.phase).toBe('Terminating');
    expect(status.conditions.find(c => c.type === 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      message: 'Some resources are remaining: configmaps. has 1 resource instances',
    });
    expect(status.conditions.find(c => c.type === 'NamespaceFinalizersRemaining')).toMatchObject({
      status: 'True',
      message:
        'Some content in the namespace has finalizers remaining: chaos.operatorchaos.io/block in 1 resource instances',
    });
    w.store.modify('configmaps', 'ex', 'held', d => {
      delete d.metadata.finalizers;
    });
    await w.pass(8000, 200);
    expect(w.store.get('namespaces', undefined, 'ex')).toBeUndefined();
  });

  it('keep the transition time of a condition that stays as it is', () => {
    const left = [{ resource: 'pods.', count: 2, finalizers: [] }];
    const first = terminatingConditions(undefined, left, AT);
    const again = terminatingConditions(first, left, '2026-11-21T13:00:00Z');
    expect(again).toEqual(first);
    expect(first.filter(c => c.status === 'True').map(c => c.type)).toEqual(['NamespaceContentRemaining']);
  });
});

describe('the scheduler', () => {
  const node = (name: string, more: Partial<Node> = {}): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, labels: { zone: name } },
    ...more,
  });

  it('takes the emptiest node that fits', () => {
    const nodes = [node('a'), node('b'), node('c', { spec: { unschedulable: true } })];
    expect(
      chooseNode(
        pod('p', { node: '' }),
        nodes,
        new Map([
          ['a', 3],
          ['b', 1],
        ]),
      ),
    ).toEqual({ node: 'b' });
    const picky = pod('p');
    picky.spec.nodeSelector = { zone: 'a' };
    expect(chooseNode(picky, nodes, new Map([['a', 3]]))).toEqual({ node: 'a' });
  });

  it('says why none fits', () => {
    const nodes = [
      node('a', { spec: { unschedulable: true } }),
      node('b', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }),
      node('c', { spec: { unschedulable: true } }),
    ];
    expect(chooseNode(pod('p'), nodes, new Map())).toEqual({
      refusal: expect.stringMatching(
        /^0\/3 nodes are available: 1 node\(s\) had untolerated taint\(s\), 2 node\(s\) were unschedulable\./,
      ),
    });
  });
});

describe('disruption budgets', () => {
  const budget = (spec: DisruptionBudget['spec']): DisruptionBudget => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'pdb', namespace: 'ex', uid: 'pdb', generation: 1 },
    ...(spec && { spec }),
  });
  const three = [pod('a'), pod('b'), pod('c')];

  it.each([
    [{ maxUnavailable: 0 }, three, { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 }],
    [{ maxUnavailable: 1 }, three, { disruptionsAllowed: 1, desiredHealthy: 2 }],
    [{ minAvailable: 2 }, three, { disruptionsAllowed: 1, desiredHealthy: 2 }],
    [{ minAvailable: '50%' }, three, { disruptionsAllowed: 1, desiredHealthy: 2 }],
    [{ minAvailable: 1 }, [pod('a', { ready: false })], { disruptionsAllowed: 0, currentHealthy: 0, expectedPods: 1 }],
    [{ maxUnavailable: 1 }, [], { disruptionsAllowed: 0, expectedPods: 0 }],
  ])('%o', (spec, pods, expected) => {
    expect(budgetStatus(budget(spec), pods, pods.length, AT)).toMatchObject(expected);
  });

  it('are kept up to date with the pods', async () => {
    const w = startTestWorld();
    const selector = { matchLabels: { 'k8s-app': 'kube-dns' } };
    w.store.create('poddisruptionbudgets.policy', {
      metadata: { name: 'dns', namespace: 'kube-system' },
      spec: { maxUnavailable: 1, selector },
    });
    await w.pass(500);
    const status = () => w.store.get('poddisruptionbudgets.policy', 'kube-system', 'dns')?.status;
    expect(status()).toMatchObject({
      disruptionsAllowed: 1,
      currentHealthy: 2,
      conditions: [{ reason: 'SufficientPods', message: '' }],
    });
    w.store.modify('deployments.apps', 'kube-system', 'coredns', d => {
      (d.spec as { replicas: number }).replicas = 1;
    });
    await w.pass(8000, 200);
    expect(status()).toMatchObject({ currentHealthy: 1, expectedPods: 1 });
  });
});

describe('quotas', () => {
  it('count what is there', async () => {
    const w = startTestWorld();
    await w.pass(200);
    const hard = { pods: '0', configmaps: '100', 'count/deployments.apps': '5', 'requests.cpu': '2' };
    w.store.create('resourcequotas', { metadata: { name: 'q', namespace: 'kserve' }, spec: { hard } });
    await w.pass(500);
    const status = () => w.store.get('resourcequotas', 'kserve', 'q')?.status;
    expect(status()).toEqual({
      hard,
      used: { pods: '2', configmaps: '2', 'count/deployments.apps': '2', 'requests.cpu': '200m' },
    });
    w.store.create('configmaps', { metadata: { name: 'more', namespace: 'kserve' } });
    await w.pass(500);
    expect(status()).toMatchObject({ used: { configmaps: '3' } });
  });
});

describe('nodes', () => {
  const down = (w: TestWorld, name: string, value: string | null) =>
    w.admin.patch('nodes', undefined, name, 'merge', { metadata: { annotations: { 'sandbox.mayday/down': value } } });
  const ready = (w: TestWorld, name: string) =>
    conditionOf(w.store.get<Node>('nodes', undefined, name)?.status?.conditions, 'Ready');

  it('renew their Leases', async () => {
    const w = startTestWorld();
    await w.pass(60_000, 5000);
    for (const lease of w.store.list('leases.coordination.k8s.io', 'kube-node-lease')) {
      const { renewTime } = lease.spec as { renewTime: string };
      expect(w.clock.now() - Date.parse(renewTime)).toBeLessThanOrEqual(10_000);
    }
  });

  it('that fall silent are unknown after forty seconds, and emptied after five minutes', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    const victims = w.store
      .list<Pod>('pods')
      .filter(p => p.spec.nodeName === 'node-2' && p.metadata.namespace !== 'argocd');
    await down(w, 'node-2', 'true');
    await w.pass(30_000, 1000);
    expect(ready(w, 'node-2')?.status).toBe('True');
    await w.pass(25_000, 1000);
    expect(ready(w, 'node-2')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    const [victim] = victims;
    const seen = () => w.store.get<Pod>('pods', victim?.metadata.namespace, victim?.metadata.name ?? '');
    expect(conditionOf(seen()?.status?.conditions, 'Ready')?.status).toBe('False');
    expect(seen()?.metadata.deletionTimestamp).toBeUndefined();
    await w.pass(310_000, 5000);
    expect(seen()?.metadata.deletionTimestamp).toBeDefined();
    for (const d of w.store.list<Deployment>('deployments.apps'))
      expect(conditionOf(d.status?.conditions, 'Available')?.status, d.metadata.name).toBe('True');
    await down(w, 'node-2', null);
    await w.pass(20_000, 1000);
    expect(ready(w, 'node-2')?.status).toBe('True');
    expect(w.store.get<Node>('nodes', undefined, 'node-2')?.spec?.taints).toBeUndefined();
    expect(seen()).toBeUndefined();
    expect(w.world.failures).toEqual([]);
  });
});
