import type { FaultType } from '../../src/faults/types.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { WIDGETS } from '../support/recorded-live.ts';

/** One type as the matrix injects it, and what is true of it whatever the product says. */
export interface Row {
  type: FaultType;
  parameters(namespace: string): Record<string, string>;
  /** What the injection changes or deletes. */
  victim?(namespace: string): ObjectRef;
  /** What it needs beside what every namespace has. */
  needs?(namespace: string): KubeObject[];
  /** What the injection makes, and nobody but us takes away. */
  made?(namespace: string): ObjectRef;
  /** What a healthy system does: undo it, or live with it. */
  asks: 'self-heal' | 'survive';
  /** The experiment asks for the other thing than this type usually does, and says so. */
  isTurned?: boolean;
  /** Who undoes it where the operator does nothing; nobody unless told. */
  healedBy?: 'controllers';
  /** The cluster shows nothing of it, so that no verdict on the system can be true. */
  isAllBlind?: boolean;
  /** Everybody in the namespace is in its reach, so that harm to a neighbour is no surprise. */
  reachesAll?: boolean;
  /** Nothing of it serves while the fault is in. */
  stops?: boolean;
  /** Undone by taking something away, so that nobody's name is on what is left. */
  isUndoneNameless?: boolean;
  /** What somebody must do for the fault to show. */
  stir?: 'delete the victim';
  /** Makes of the original what is neither it nor what the fault made of it; absent where there is no such thing. */
  wrong?(object: KubeObject): void;
  /** In no namespace, so that no namespaces are allowed. */
  isClusterScoped?: boolean;
}

const ref = (apiVersion: string, kind: string, name: string) => (namespace: string) => ({
  apiVersion,
  kind,
  namespace,
  name,
});
const web = ref('apps/v1', 'Deployment', 'web');
const settings = ref('v1', 'ConfigMap', 'settings');
const widget = ref('demo.example.com/v1', 'Widget', 'gear');
export const SCRATCH = (namespace: string): string => `${namespace}-scratch`;
export const HOOK = (namespace: string): string => `hook-${namespace}`;

/** A resource of its own for each namespace: configurations of this name live in none. */
const slowed = (namespace: string) => `${namespace.split('-').at(-1)}gadgets`;

/** That resource, and one object of it, without which nobody could tell that it is slow. */
function gadgets(namespace: string): KubeObject[] {
  const plural = slowed(namespace);
  const kind = `${plural.slice(0, 1).toUpperCase()}${plural.slice(1, -1)}`;
  const { metadata: _named, ...definition } = structuredClone(WIDGETS);
  const names = { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List` };
  return [
    {
      ...definition,
      metadata: { name: `${plural}.demo.example.com` },
      spec: { ...(definition.spec as object), names },
    },
    { apiVersion: 'demo.example.com/v1', kind, metadata: { name: 'one', namespace }, spec: { mode: 'live' } },
  ];
}

const GROUP = 'rbac.authorization.k8s.io';

function containerOf({ spec }: KubeObject): object {
  const [container] = (spec as { template: { spec: { containers: object[] } } }).template.spec.containers;
  if (container === undefined) throw new Error('expected a container');
  return container;
}

export const ROWS: readonly Row[] = [
  { type: 'PodKill', parameters: () => ({ labelSelector: 'app=web' }), asks: 'self-heal', healedBy: 'controllers' },
  {
    type: 'NetworkPartition',
    parameters: () => ({ labelSelector: 'app=web' }),
    made: ref('networking.k8s.io/v1', 'NetworkPolicy', 'operator-chaos-np-app-web'),
    asks: 'survive',
  },
  {
    type: 'CRDMutation',
    parameters: () => ({
      apiVersion: 'demo.example.com/v1',
      kind: 'Widget',
      name: 'gear',
      path: 'spec.size',
      value: '99',
    }),
    victim: widget,
    asks: 'self-heal',
    wrong: object => Object.assign(object.spec as object, { size: 50 }),
  },
  {
    type: 'ConfigDrift',
    parameters: () => ({ name: 'settings', key: 'mode', value: 'chaos' }),
    victim: settings,
    asks: 'self-heal',
    wrong: object => Object.assign(object.data as object, { mode: 'half' }),
  },
  {
    type: 'WebhookDisrupt',
    parameters: namespace => ({ webhookName: HOOK(namespace), action: 'setFailurePolicy', value: 'Fail' }),
    victim: namespace => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: HOOK(namespace),
    }),
    asks: 'survive',
    isClusterScoped: true,
  },
  {
    type: 'RBACRevoke',
    parameters: () => ({ bindingName: 'web', bindingType: 'RoleBinding' }),
    victim: ref('rbac.authorization.k8s.io/v1', 'RoleBinding', 'web'),
    asks: 'survive',
    wrong: object => Object.assign(object, { subjects: [{ kind: 'User', name: 'nobody', apiGroup: GROUP }] }),
  },
  {
    type: 'FinalizerBlock',
    parameters: () => ({
      apiVersion: 'demo.example.com/v1',
      kind: 'Widget',
      name: 'gear',
      finalizer: 'chaos.operatorchaos.io/block',
    }),
    victim: widget,
    asks: 'survive',
    stir: 'delete the victim',
  },
  {
    type: 'ClientFault',
    parameters: () => ({ faults: '{"get":{"errorRate":0.5,"error":"boom"}}' }),
    made: ref('v1', 'ConfigMap', 'operator-chaos-config'),
    asks: 'survive',
    isAllBlind: true,
  },
  {
    type: 'OwnerRefOrphan',
    parameters: () => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owned' }),
    victim: ref('v1', 'ConfigMap', 'owned'),
    asks: 'self-heal',
  },
  {
    type: 'QuotaExhaustion',
    parameters: () => ({ quotaName: 'chaos-quota', pods: '0' }),
    made: ref('v1', 'ResourceQuota', 'chaos-quota'),
    asks: 'survive',
    reachesAll: true,
  },
  {
    type: 'WebhookLatency',
    parameters: namespace => ({ resources: slowed(namespace), apiGroups: 'demo.example.com', delay: '2s' }),
    needs: gadgets,
    made: namespace => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: `chaos-webhook-latency-${slowed(namespace)}`,
    }),
    asks: 'survive',
  },
  {
    type: 'NamespaceDeletion',
    parameters: namespace => ({ namespace: SCRATCH(namespace) }),
    victim: namespace => ({ apiVersion: 'v1', kind: 'Namespace', name: SCRATCH(namespace) }),
    asks: 'self-heal',
    wrong: ({ metadata }) => {
      metadata.labels = { purpose: 'other' };
    },
  },
  {
    type: 'LabelStomping',
    parameters: () => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', labelKey: 'app', action: 'overwrite' }),
    victim: settings,
    asks: 'self-heal',
    wrong: ({ metadata }) => {
      metadata.labels = { app: 'half' };
    },
  },
  {
    type: 'SecretDeletion',
    parameters: () => ({ name: 'token' }),
    victim: ref('v1', 'Secret', 'token'),
    asks: 'self-heal',
    wrong: object => Object.assign(object.data as object, { token: 'd3Jvbmc=' }),
  },
  {
    type: 'DeploymentScaleZero',
    parameters: () => ({ name: 'web' }),
    victim: web,
    asks: 'self-heal',
    stops: true,
    wrong: object => Object.assign(object.spec as object, { replicas: 1 }),
  },
  {
    type: 'LeaderElectionDisrupt',
    parameters: () => ({ name: 'leader' }),
    victim: ref('coordination.k8s.io/v1', 'Lease', 'leader'),
    asks: 'self-heal',
  },
  {
    type: 'CrashLoopInject',
    parameters: () => ({ name: 'web', containerName: 'web' }),
    victim: web,
    asks: 'survive',
    isUndoneNameless: true,
    wrong: object => Object.assign(containerOf(object), { command: ['/half'] }),
  },
  {
    type: 'ImageCorrupt',
    parameters: () => ({ name: 'web' }),
    victim: web,
    asks: 'survive',
    wrong: object => Object.assign(containerOf(object), { image: 'example.com/web:half' }),
  },
  {
    type: 'ResourceDeletion',
    parameters: () => ({ apiVersion: 'v1', kind: 'Service', name: 'web' }),
    victim: ref('v1', 'Service', 'web'),
    asks: 'self-heal',
    wrong: object => Object.assign(object.spec as object, { ports: [{ port: 81 }] }),
  },
  {
    type: 'PDBBlock',
    parameters: () => ({ labelSelector: 'app=web' }),
    made: ref('policy/v1', 'PodDisruptionBudget', 'chaos-pdb-web'),
    asks: 'survive',
  },
];

/** The same faults, each asked to be met in the other way. */
export const TURNED: readonly Row[] = ROWS.map(row => ({
  ...row,
  asks: row.asks === 'survive' ? 'self-heal' : 'survive',
  isTurned: true,
}));
