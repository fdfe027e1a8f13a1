import { describe, expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { FAULT_TYPES } from '../../../src/faults/types.ts';
import type { KubeObject, ManagedField } from '../../../src/k8s/object.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { expired, marking, type Planted, resourceBackup } from '../../attacks/planted.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { byOneHand } from '../../support/managed.ts';
import { clusterOf } from '../support/cluster-of.ts';

/** What the restores of each type reach at most, in the cases recorded of the framework. PodKill leaves nothing. */
const TIERS: Record<string, [tier: 1 | 2 | 3, cases: string[]]> = {
  ClientFault: [1, ['client-fault']],
  ConfigDrift: [1, ['config-drift', 'config-drift-secret']],
  CrashLoopInject: [1, ['crash-loop']],
  CRDMutation: [1, ['crd-mutation', 'crd-mutation-required']],
  FinalizerBlock: [1, ['finalizer-block']],
  ImageCorrupt: [1, ['image-corrupt']],
  LabelStomping: [1, ['label-stomping', 'label-stomping-delete']],
  LeaderElectionDisrupt: [2, ['leader-election']],
  NamespaceDeletion: [3, ['namespace-deletion']],
  NetworkPartition: [1, ['network-partition']],
  OwnerRefOrphan: [1, ['owner-ref-orphan']],
  PDBBlock: [1, ['pdb-block']],
  // Recorded without managedFields: nothing tells that it was made with its marks on.
  QuotaExhaustion: [2, ['quota-exhaustion']],
  RBACRevoke: [3, ['rbac-revoke', 'rbac-revoke-role']],
  ResourceDeletion: [2, ['resource-deletion']],
  DeploymentScaleZero: [1, ['scale-zero']],
  SecretDeletion: [2, ['secret-deletion']],
  WebhookDisrupt: [1, ['webhook-disrupt']],
  WebhookLatency: [1, ['webhook-latency']],
};
const CASES = Object.entries(TIERS).flatMap(([type, [tier, cases]]) => cases.map(name => [name, type, tier] as const));

describe('how far a restore reaches', () => {
  test.each(CASES)(
    '%s, a %s, is of tier %i, and whether a person is asked follows from it',
    async (name, type, tier) => {
      const { deps } = clusterOf(name);
      const { injections } = await scan(deps, { deep: true });
      const { steps } = await revertAll(deps, injections, { dryRun: true });
      expect(new Set(injections.map(finding => finding.type))).toEqual(new Set([type]));
      expect(Math.max(...steps.map(step => step.tier ?? 0))).toBe(tier);
      for (const step of steps)
        expect(step).toMatchObject(step.tier === 1 ? { word: 'own-object' } : { needs: 'confirmation' });
      const { steps: taken } = await revertAll(deps, injections, { dryRun: true, trust: { everything: 'caller' } });
      expect(taken.map(({ word }) => word)).toEqual(steps.map(step => (step.tier === 1 ? 'own-object' : 'caller')));
    },
  );

  test('every type is in the table', () => {
    expect(FAULT_TYPES.filter(type => TIERS[type] === undefined)).toEqual(['PodKill']);
  });
});

const at = '2026-01-02T03:04:05Z';
const meta = (name: string, namespace?: string) => ({
  name,
  uid: 'u-1',
  creationTimestamp: at,
  ...(namespace ? { namespace } : {}),
});
const pod = (spec: object): Planted => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
const image = 'registry.k8s.io/pause:3.10';
const kept = (object: Planted, namespace = 'shop'): KubeObject => {
  const backup = resourceBackup({ ...object, metadata: { ...object.metadata, namespace } }, expired());
  return { ...backup, metadata: { ...backup.metadata, ...meta(String(backup.metadata.name), 'shop') } } as never;
};
const simple = (apiVersion: string, kind: string, more: object = {}): Planted => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...more,
});
const RBAC = 'rbac.authorization.k8s.io/v1';

/** A record of CRDMutation on this object. */
function mutated(object: Planted, path: string, originalValue: unknown): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const patch = JSON.parse(marking('CRDMutation', { apiVersion, kind, path, originalValue })) as Planted;
  return { ...object, metadata: { ...metadata, uid: 'u-1', creationTimestamp: at, ...patch.metadata } } as never;
}
const throughStatus = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: [
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: object.apiVersion,
        subresource: 'status',
        fieldsV1: { 'f:metadata': { 'f:labels': { 'f:chaos.operatorchaos.io/type': {} } } },
      },
    ],
  },
});

const withManaged = (object: KubeObject, managedFields: ManagedField[]): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, managedFields },
});
const deploymentMarked = mutated(
  simple('apps/v1', 'Deployment', { metadata: { name: 'x', namespace: 'shop' }, spec: { replicas: 1 } }),
  'spec.replicas',
  2,
);
const configMapMarked = mutated(
  simple('v1', 'ConfigMap', { metadata: { name: 'x', namespace: 'shop' }, data: { a: 'b' } }),
  'data.a',
  'c',
);

const MARKS = { 'f:metadata': { 'f:labels': { 'f:chaos.operatorchaos.io/type': {} } } };
const SPEC = { 'f:spec': { 'f:hard': {} } };
const written = (manager: string, fieldsV1: object) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: at,
  fieldsV1,
});

/** A quota of somebody with the marks of an injection; whether they came with its spec is what managedFields tell, where there are any. */
function quota(type: string, madeMarked?: boolean): KubeObject {
  const managedFields = madeMarked
    ? [written('one', { ...MARKS, ...SPEC })]
    : [written('one', SPEC), written('other', MARKS)];
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {
      ...meta('team', 'shop'),
      labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': type },
      ...(madeMarked === undefined ? {} : { managedFields }),
    },
    spec: { hard: { 'count/jobs.batch': '0' } },
  };
}

describe('how far a restore reaches that somebody made up', () => {
  const FORGED: [what: string, carrier: KubeObject, tier: 1 | 2 | 3 | 'refused'][] = [
    ['a backup of a ConfigMap', kept(simple('v1', 'ConfigMap')), 2],
    ['a backup of an ordinary pod', kept(pod({ containers: [{ name: 'a', image }] })), 2],
    [
      'a backup of a privileged pod',
      kept(pod({ containers: [{ name: 'a', image, securityContext: { privileged: true } }] })),
      3,
    ],
    [
      'a backup of a pod whose init container is privileged',
      kept(pod({ initContainers: [{ name: 'a', image, securityContext: { privileged: true } }], containers: [] })),
      3,
    ],
    [
      'a backup of a pod with the disk of its node',
      kept(pod({ volumes: [{ name: 'a', hostPath: { path: '/' } }] })),
      3,
    ],
    ['a backup of a pod as another ServiceAccount', kept(pod({ serviceAccountName: 'strong', containers: [] })), 3],
    ['the same by the old name of the field', kept(pod({ serviceAccount: 'strong', containers: [] })), 3],
    [
      'a backup of a token of a ServiceAccount',
      kept(simple('v1', 'Secret', { type: 'kubernetes.io/service-account-token' })),
      3,
    ],
    ['a backup of a Role', kept(simple(RBAC, 'Role', { rules: [] })), 3],
    ['a backup of a kind that the cluster does not name', kept(simple('argoproj.io/v1alpha1', 'Application')), 3],
    ['a backup of a ClusterRole with a namespace', kept(simple(RBAC, 'ClusterRole', { rules: [] })), 'refused'],
    [
      'a record on a ConfigMap',
      mutated(
        simple('v1', 'ConfigMap', { metadata: { name: 'x', namespace: 'shop' }, data: { a: 'b' } }),
        'data.a',
        'c',
      ),
      1,
    ],
    [
      'a record on a Role',
      mutated(simple(RBAC, 'Role', { metadata: { name: 'x', namespace: 'shop' }, rules: [] }), 'rules', [
        { verbs: ['*'] },
      ]),
      3,
    ],
    [
      'a record on a Node',
      mutated(simple('v1', 'Node', { spec: {} }), 'spec.taints', [{ key: 'a', effect: 'NoSchedule' }]),
      3,
    ],
    ['a quota that was made with its marks', quota('QuotaExhaustion', true), 1],
    ['a quota that was marked later', quota('QuotaExhaustion', false), 2],
    ['a quota of which nothing tells who marked it', quota('QuotaExhaustion'), 2],
    ['a record on a Deployment through its status', throughStatus(deploymentMarked), 3],
    ['a record on a Deployment, all of which one hand wrote', deploymentMarked, 1],
    ['a record on a Deployment without managedFields', withManaged(deploymentMarked, []), 3],
    [
      'a record on a Deployment whose managedFields tell of its label alone',
      withManaged(deploymentMarked, [written('one', MARKS)]),
      3,
    ],
    ['a record on a ConfigMap without managedFields, which has no subresource', withManaged(configMapMarked, []), 1],
  ];

  test.each(FORGED)('%s', async (_, carrier, tier) => {
    const api = fakeApi([carrier], { now: fakeClock().now });
    const [finding] = recognise(byOneHand(api.all()[0] as KubeObject));
    if (finding === undefined) throw new Error('nothing was recognised');
    const deps = { api, clock: fakeClock(), journal: { append: async () => undefined }, faultOf };
    const { steps } = await revertAll(deps, [finding], { dryRun: true, force: true });
    const [step] = steps;
    if (tier === 'refused') {
      const caller = { everything: 'caller' } as const;
      const { steps: trusted } = await revertAll(deps, [finding], { dryRun: true, force: true, trust: caller });
      expect(trusted).toEqual(steps);
      expect(step?.why?.join()).toMatch(/refused: .* on the server that kind is cluster-scoped/);
      expect([step?.word, step?.needs]).toEqual([undefined, undefined]);
      return;
    }
    expect(step?.tier).toBe(tier);
    expect(step?.word).toBe(tier === 1 ? 'own-object' : undefined);
  });
});
