import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/sandbox/object.ts';
import { OPERATORS } from '../../../src/sandbox/operators/catalogue.ts';
import { afterMove, type LeaseSpec, nextMove } from '../../../src/sandbox/operators/election.ts';
import { isCutOff, type NetworkPolicy } from '../../../src/sandbox/operators/isolation.ts';
import { drift, setAt, valueAt } from '../../../src/sandbox/operators/repair.ts';
import { startTestWorld, type TestWorld } from './harness.ts';
import { NOW, pod } from './make.ts';

const LEASES = 'leases.coordination.k8s.io';

describe('leader election', () => {
  const at = (ms: number) => new Date(NOW + ms).toISOString();
  const held = (holderIdentity: string, renewedMs = 0): LeaseSpec => ({
    holderIdentity,
    leaseDurationSeconds: 15,
    renewTime: at(renewedMs),
    leaseTransitions: 4,
  });

  it.each([
    ['a missing Lease is made', undefined, ['a'], { is: 'create', holder: 'a' }],
    ['a missing Lease waits for a candidate', undefined, [], { is: 'wait' }],
    ['a holder rests between renewals', held('a'), ['a'], { is: 'hold' }],
    ['a holder renews', held('a', -6000), ['a', 'b'], { is: 'renew', holder: 'a' }],
    ['a stranger waits for the Lease to expire', held('gone', -14_000), ['b'], { is: 'wait' }],
    ['an expired Lease is taken', held('gone', -15_000), ['b', 'c'], { is: 'take', holder: 'b' }],
    ['a free Lease is taken', held('', -1000), ['b'], { is: 'take', holder: 'b' }],
  ] as const)('%s', (_, lease, candidates, expected) => {
    expect(nextMove(lease, candidates, NOW)).toEqual(expected);
  });

  it('counts who takes over, not who renews', () => {
    expect(afterMove(held('a'), { is: 'renew', holder: 'a' }, at(5))).toMatchObject({
      holderIdentity: 'a',
      leaseTransitions: 4,
    });
    expect(afterMove(held('a'), { is: 'take', holder: 'b' }, at(5))).toMatchObject({
      holderIdentity: 'b',
      leaseTransitions: 5,
    });
    expect(afterMove(undefined, { is: 'create', holder: 'b' }, at(5))).toMatchObject({
      leaseTransitions: 0,
      leaseDurationSeconds: 15,
    });
  });
});

describe('isolation', () => {
  const policy = (spec: NetworkPolicy['spec']): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'np', namespace: 'ex', uid: 'np' },
    ...(spec && { spec }),
  });
  const all = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };

  it.each([
    ['both ways shut', all, { ingress: true, egress: true }],
    ['only ingress', { podSelector: {}, policyTypes: ['Ingress'] }, { ingress: true, egress: false }],
    ['a rule lets out', { ...all, egress: [{}] }, { ingress: true, egress: false }],
    ['another pod', { ...all, podSelector: { matchLabels: { app: 'x' } } }, { ingress: false, egress: false }],
  ])('%s', (_, spec, expected) => {
    const of = (direction: 'ingress' | 'egress') => isCutOff(pod('p'), [policy(spec)], direction);
    expect({ ingress: of('ingress'), egress: of('egress') }).toEqual(expected);
  });
});

describe('paths', () => {
  it('what is put at a path is found there', () => {
    const path = fc
      .array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 4 })
      .map(p => `spec.${p.join('.')}`);
    fc.assert(
      fc.property(path, fc.jsonValue(), (where, value) => {
        const object: KubeObject = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', uid: 'x' } };
        setAt(object, where, value);
        expect(valueAt(object, where)).toEqual(value);
      }),
    );
  });

  it('reach into lists, and take away', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x', uid: 'x' },
      webhooks: [{ failurePolicy: 'Ignore' }],
    };
    const wanted = { ...object, webhooks: [{ failurePolicy: 'Fail' }] };
    expect(drift(object, wanted, ['webhooks.0.failurePolicy', 'metadata.labels'])).toEqual([
      'webhooks.0.failurePolicy',
    ]);
    setAt(object, 'webhooks.0.failurePolicy', 'Fail');
    expect(object).toEqual(wanted);
    setAt(object, 'webhooks.0.failurePolicy', undefined);
    expect(object.webhooks).toEqual([{}]);
  });
});

/** Whether a value is back, looked at each half second for so long; how many seconds it took, or undefined. */
async function backAfter(w: TestWorld, isBack: () => boolean, forMs: number): Promise<number | undefined> {
  for (let ms = 0; ms <= forMs; ms += 500) {
    if (isBack()) return ms / 1000;
    await w.pass(500, 500);
  }
  return undefined;
}

const read =
  (w: TestWorld, [resource, namespace, name]: readonly [string, string | undefined, string], path: string) =>
  () =>
    valueAt(w.store.get(resource, namespace, name), path);

const MAP = 'configmaps';
const VALIDATING = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
const ROUTE = 'routes.route.openshift.io';

describe('characters', () => {
  // [object, path, spoiled value, seconds until it is back (undefined: never)]
  it.each([
    [[MAP, 'kserve', 'inferenceservice-config'], 'data.deploy', '{}', 4],
    [[ROUTE, 'kserve', 'kserve-isvc-route'], 'spec.host', 'chaos-collision.apps.cluster.invalid', 6],
    [[ROUTE, 'kserve', 'kserve-isvc-route'], 'spec.tls.termination', 'passthrough', undefined],
    [[VALIDATING, undefined, 'inferenceservice.serving.kserve.io'], 'webhooks.0.failurePolicy', 'Ignore', undefined],
    [[VALIDATING, undefined, 'vpytorchjob.kubeflow.org'], 'webhooks.0.failurePolicy', 'Ignore', undefined],
    [[VALIDATING, undefined, 'istio-validator-istio-system'], 'webhooks.0.failurePolicy', 'Ignore', 5],
    [[VALIDATING, undefined, 'kyverno-resource-validating-webhook-cfg'], 'webhooks.0.failurePolicy', 'Ignore', 3],
    [[MAP, 'opendatahub', 'odh-model-controller-parameters'], 'data.kserve-state', 'removed', 3],
    [['deployments.apps', 'opendatahub', 'kserve-controller-manager'], 'metadata.ownerReferences', undefined, 12],
    [[MAP, 'opendatahub', 'llamastack-serving-config'], 'data.config.yaml', '{}', 240],
  ] as const)('%o %s', async (place, path, spoiled, seconds) => {
    const w = startTestWorld();
    await w.pass(1000);
    // A key with a dot in it is not a path; the whole of its parent is compared.
    const where = path === 'data.config.yaml' ? 'data' : path;
    const value = read(w, place, where);
    const before = value();
    w.store.modify(place[0], place[1], place[2], draft => {
      if (path === 'data.config.yaml') draft.data = { 'config.yaml': spoiled };
      else setAt(draft, path, spoiled);
    });
    const took = await backAfter(
      w,
      () => JSON.stringify(value()) === JSON.stringify(before),
      seconds === undefined ? 60_000 : 260_000,
    );
    if (seconds === undefined) expect(took).toBeUndefined();
    else {
      expect(took).toBeGreaterThanOrEqual(seconds);
      expect(took).toBeLessThanOrEqual(seconds + 1);
    }
    expect(w.world.failures).toEqual([]);
  });

  it('sign their repairs with a name of their own', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    await w.admin.patch(
      MAP,
      'kserve',
      'inferenceservice-config',
      'merge',
      { data: { deploy: '{}' } },
      { manager: 'chaos' },
    );
    await w.pass(6000, 500);
    const managers = w.store.get(MAP, 'kserve', 'inferenceservice-config')?.metadata.managedFields?.map(f => f.manager);
    expect(managers).toContain('kserve-controller-manager');
    expect(managers).not.toContain('chaos');
  });

  it('recreate what was deleted', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    await w.admin.delete(MAP, 'kserve', 'inferenceservice-config');
    expect(
      await backAfter(w, () => w.store.get(MAP, 'kserve', 'inferenceservice-config') !== undefined, 20_000),
    ).toBeGreaterThanOrEqual(4);
  });

  it('come in every kind the verdicts need', () => {
    const reactions = OPERATORS.flatMap(o => o.behaviour.repairs.map(d => d.afterMs));
    expect(Math.min(...reactions)).toBeLessThan(5000);
    expect(Math.max(...reactions)).toBeGreaterThan(180_000);
    expect(OPERATORS.some(o => o.behaviour.repairs.length === 0)).toBe(true);
    expect(OPERATORS.some(o => o.behaviour.crashesOn.length > 0)).toBe(true);
  });
});

describe('an operator', () => {
  const deployment = (w: TestWorld, namespace: string, name: string) =>
    w.store.get('deployments.apps', namespace, name);
  const config = [MAP, 'kserve', 'inferenceservice-config'] as const;
  const spoil = (w: TestWorld) =>
    w.store.modify(MAP, 'kserve', 'inferenceservice-config', d => {
      d.data = { deploy: '{}' };
    });
  const healed = (w: TestWorld) => read(w, config, 'data.deploy')() !== '{}';

  it('whose pod is killed is back, with a new leader, and then repairs', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    const holder = () =>
      valueAt(w.store.get(LEASES, 'kserve', 'kserve-controller-manager-leader-lock'), 'spec.holderIdentity');
    const before = holder();
    const name = String(before).split('_')[0] ?? '';
    await w.admin.delete('pods', 'kserve', name);
    spoil(w);
    await w.pass(20_000, 200);
    expect(holder()).not.toBe(before);
    expect(holder()).toMatch(/^kserve-controller-manager-/);
    expect(healed(w)).toBe(true);
    expect(w.store.list('events', 'kserve').some(e => e.reason === 'LeaderElection')).toBe(true);
  });

  it('that is cut off from the API stops renewing and repairing, gives up, and recovers when the partition is reverted', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    const lock = () => w.store.get(LEASES, 'kserve', 'kserve-controller-manager-leader-lock');
    const podSelector = { matchLabels: { 'control-plane': 'kserve-controller-manager' } };
    await w.admin.create('networkpolicies.networking.k8s.io', {
      metadata: { name: 'operator-chaos-np', namespace: 'kserve' },
      spec: { podSelector, policyTypes: ['Ingress', 'Egress'] },
    });
    const renewed = () => Date.parse(String(valueAt(lock(), 'spec.renewTime')));
    spoil(w);
    await w.pass(40_000, 500);
    expect(w.clock.now() - renewed()).toBeGreaterThan(30_000);
    expect(healed(w)).toBe(false);
    const manager = () =>
      w.store.list('pods', 'kserve').find(p => p.metadata.name.startsWith('kserve-'))?.status as {
        containerStatuses: { name: string; restartCount: number }[];
      };
    expect(manager().containerStatuses.find(c => c.name === 'manager')?.restartCount).toBeGreaterThan(0);
    await w.admin.delete('networkpolicies.networking.k8s.io', 'kserve', 'operator-chaos-np');
    await w.pass(90_000, 500);
    expect(w.clock.now() - renewed()).toBeLessThan(15_000);
    expect(healed(w)).toBe(true);
  });

  it('without its rights repairs nothing and says so in its log', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    const binding = 'clusterrolebindings.rbac.authorization.k8s.io';
    const subjects = w.store.get(binding, undefined, 'kserve-manager-rolebinding')?.subjects;
    const set = (value: unknown) =>
      w.store.modify(binding, undefined, 'kserve-manager-rolebinding', d => {
        d.subjects = value;
      });
    set([]);
    spoil(w);
    await w.pass(15_000, 500);
    expect(healed(w)).toBe(false);
    const leader = w.store.list('pods', 'kserve').find(p => p.metadata.name.startsWith('kserve-'));
    const lines = w.logs.read('kserve', leader?.metadata.name ?? '', 'manager').map(l => l.text);
    expect(lines.some(l => /ERROR.*cannot update resource "configmaps"/.test(l))).toBe(true);
    expect(lines.some(l => /failed to list inferenceservices.*is forbidden/.test(l))).toBe(true);
    set(subjects);
    await w.pass(12_000, 500);
    expect(healed(w)).toBe(true);
  });

  it('that cannot live with a configuration crashes until it is put right', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    const set = (value: string) =>
      w.store.modify(MAP, 'knative-serving', 'config-autoscaler', d => {
        (d.data as Record<string, string>)['container-concurrency-target-percentage'] = value;
      });
    set('chaos');
    await w.pass(30_000, 500);
    const status = () => deployment(w, 'knative-serving', 'controller')?.status as { availableReplicas?: number };
    expect(status().availableReplicas ?? 0).toBe(0);
    const crashed = w.store.list('pods', 'knative-serving').find(p => p.metadata.name.startsWith('controller-'));
    expect(JSON.stringify(crashed?.status)).toContain('CrashLoopBackOff');
    set('70');
    await w.pass(60_000, 500);
    expect(status().availableReplicas).toBe(1);
  });

  it('takes its Lease back when somebody deletes it', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    w.store.delete(LEASES, 'kserve', 'llmisvc-controller-manager-leader-lock');
    await w.pass(6000);
    expect(
      valueAt(w.store.get(LEASES, 'kserve', 'llmisvc-controller-manager-leader-lock'), 'spec.holderIdentity'),
    ).toMatch(/^llmisvc-controller-manager-/);
  });
});

describe('webhooks', () => {
  const isvc = (name: string, labels: Record<string, string>, predictor: unknown) => ({
    metadata: { name, namespace: 'default', labels },
    spec: { predictor },
  });
  const good = { owner: 'me', 'cost-center': 'x' };
  const model = { model: { modelFormat: { name: 'sklearn' } } };
  const RESOURCE = 'inferenceservices.serving.kserve.io';

  it('let good objects in and keep bad ones out', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    await expect(w.admin.create(RESOURCE, isvc('fine', good, model))).resolves.toBeDefined();
    await expect(w.admin.create(RESOURCE, isvc('empty', good, {}))).rejects.toThrow(
      /^admission webhook "inferenceservice.kserve-webhook-server.validator.webhook" denied the request: exactly one of/,
    );
    await expect(w.admin.create(RESOURCE, isvc('1st', good, model))).rejects.toThrow(
      /must start with alphabetical character/,
    );
    await expect(w.admin.create(RESOURCE, isvc('near', { owner: 'me', costCenter: 'x' }, model))).rejects.toThrow(
      /check-owner-and-cost-center-on-isvc failed at path \/metadata\/labels\/cost-center\//,
    );
    const job = { metadata: { name: 'j', namespace: 'default' }, spec: {} };
    await expect(w.admin.create('pytorchjobs.kubeflow.org', job)).rejects.toThrow(
      /spec\.pytorchReplicaSpecs: Required value: must be required$/,
    );
  });

  it('time out while their pods are cut off', async () => {
    const w = startTestWorld();
    await w.pass(1000);
    await w.admin.create('networkpolicies.networking.k8s.io', {
      metadata: { name: 'np', namespace: 'kserve' },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
    await expect(w.admin.create(RESOURCE, isvc('fine', good, model))).rejects.toThrow(
      /failed calling webhook .*context deadline exceeded/,
    );
  });

  it('have no endpoints in the incident of that name', async () => {
    const w = startTestWorld('webhook-no-endpoints');
    await w.pass(1000);
    await expect(w.admin.create(RESOURCE, isvc('fine', good, model))).rejects.toThrow(
      /no endpoints available for service "kserve-webhook-server-service"/,
    );
  });
});
