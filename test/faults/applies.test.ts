import { describe, expect, it } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { FAULT_TYPES, type FaultType } from '../../src/faults/types.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { inShop } from '../support/objects.ts';

const outside = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});

const LABELS = { app: 'web' };
const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9f', uid: 'rs-1', controller: true };
const web = inShop('apps/v1', 'Deployment', 'web', {
  metadata: { labels: { 'app.kubernetes.io/name': 'web', team: 'shop' } },
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 600,
    selector: { matchLabels: LABELS },
    template: {
      spec: {
        containers: [
          { name: 'server', image: 'web:1' },
          { name: 'proxy', image: 'proxy:1' },
        ],
        volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }],
      },
    },
  },
});
const withSpec = (more: object): KubeObject => ({ ...web, spec: { ...(web.spec as object), ...more } });
const webPod = inShop('v1', 'Pod', 'web-5d9f-x2', {
  metadata: { labels: { ...LABELS, 'pod-template-hash': '5d9f' }, ownerReferences: [controller] },
  status: { phase: 'Running' },
});
const settings = inShop('v1', 'ConfigMap', 'settings', { data: { mode: 'safe', colour: 'red' } });
const token = inShop('v1', 'Secret', 'token', { data: { token: 'YWJj' } });
const lease = inShop('coordination.k8s.io/v1', 'Lease', 'leader', { spec: { holderIdentity: 'web-0' } });
const widget = inShop('demo.example.com/v1', 'Widget', 'w', {
  spec: { size: 'big', limits: { most: 4 }, names: ['a'] },
});
const hook = (...policies: string[]): KubeObject =>
  outside('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'checkout', {
    webhooks: policies.map((failurePolicy, i) => ({
      name: `${i}.checkout`,
      failurePolicy,
      clientConfig: { service: { namespace: 'shop', name: 'checkout' } },
    })),
  });
const binding = (subjects: object[]): KubeObject =>
  outside('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'reader', { subjects });
const account = { kind: 'ServiceAccount', name: 'web', namespace: 'shop' };
const widgets = (scope: string): KubeObject =>
  outside('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.demo.example.com', {
    spec: { group: 'demo.example.com', scope, names: { plural: 'widgets' } },
  });
const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' };

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;

type Yes = readonly [object: KubeObject, parameters: Record<string, string>, namespace?: string];
type No = readonly [object: KubeObject, reason: string];

const CASES: Readonly<Record<FaultType, { yes: readonly Yes[]; no: readonly No[] }>> = {
  PodKill: {
    yes: [
      [webPod, { labelSelector: 'app=web' }, 'shop'],
      [web, { labelSelector: 'app=web' }, 'shop'],
      [inShop('v1', 'Service', 'web', { spec: { selector: LABELS } }), { labelSelector: 'app=web' }, 'shop'],
    ],
    no: [
      [settings, 'a ConfigMap selects no pods'],
      [inShop('v1', 'Pod', 'bare', { metadata: { labels: LABELS } }), 'it has no controller: nothing would replace it'],
      [{ ...webPod, status: { phase: 'Succeeded' } }, 'it has finished: nothing runs in it'],
      [
        inShop('policy/v1', 'PodDisruptionBudget', 'all', { spec: { selector: {} } }),
        'it selects every pod of its namespace',
      ],
      [inShop('v1', 'Service', 'outside', { spec: { type: 'ExternalName' } }), 'a Service selects no pods'],
    ],
  },
  NetworkPartition: {
    yes: [[webPod, { labelSelector: 'app=web' }, 'shop']],
    no: [[lease, 'a Lease selects no pods']],
  },
  PDBBlock: {
    yes: [[web, { labelSelector: 'app=web' }, 'shop']],
    no: [
      [token, 'a Secret selects no pods'],
      [inShop('v1', 'Pod', 'bare'), 'this Pod has no label to select it by'],
    ],
  },
  ConfigDrift: {
    yes: [
      [settings, { name: 'settings', key: 'colour', value: 'drifted-by-chaos', resourceType: 'ConfigMap' }, 'shop'],
      [token, { name: 'token', key: 'token', value: 'drifted-by-chaos', resourceType: 'Secret' }, 'shop'],
    ],
    no: [
      [web, 'it is for a ConfigMap or a Secret, this is a Deployment'],
      [{ ...settings, immutable: true }, 'it is immutable: the API server would refuse the change'],
      [{ ...settings, data: {} }, 'it holds no key with a text value'],
    ],
  },
  SecretDeletion: {
    yes: [
      [token, { name: 'token' }, 'shop'],
      [web, { name: 'web-tls' }, 'shop'],
      [
        inShop('cert-manager.io/v1', 'Certificate', 'web', { spec: { secretName: 'web-cert' } }),
        { name: 'web-cert' },
        'shop',
      ],
      [
        inShop('networking.k8s.io/v1', 'Ingress', 'web', { spec: { tls: [{ secretName: 'web-cert' }] } }),
        { name: 'web-cert' },
        'shop',
      ],
    ],
    no: [[settings, 'it is for a Secret, and this names none']],
  },
  ClientFault: {
    yes: [
      [
        web,
        { faults: '{"get":{"errorRate":0.5,"error":"injected by chaos"}}', configMapName: 'operator-chaos-config' },
        'shop',
      ],
      [
        inShop('v1', 'ConfigMap', 'operator-chaos-mine', { data: {} }),
        { faults: '{"get":{"errorRate":0.5,"error":"injected by chaos"}}', configMapName: 'operator-chaos-mine' },
        'shop',
      ],
    ],
    no: [
      [settings, 'the SDK of an operator reads a ConfigMap named operator-chaos-…'],
      [webPod, 'it is for a Deployment, this is a Pod'],
    ],
  },
  DeploymentScaleZero: {
    yes: [[web, { name: 'web' }, 'shop']],
    no: [
      [webPod, 'it is for a Deployment, this is a Pod'],
      [withSpec({ replicas: 0 }), 'it is scaled to 0'],
    ],
  },
  ImageCorrupt: {
    yes: [[web, { name: 'web', containerName: 'server' }, 'shop']],
    no: [
      [inShop('apps/v1', 'StatefulSet', 'db'), 'it is for a Deployment, this is a StatefulSet'],
      [withSpec({ paused: true }), 'its rollout is paused: no pod would get the change'],
    ],
  },
  CrashLoopInject: {
    yes: [[web, { name: 'web', containerName: 'server' }, 'shop']],
    no: [
      [inShop('other.example.com/v1', 'Deployment', 'x'), 'it is for a Deployment, this is one of other.example.com'],
    ],
  },
  FinalizerBlock: {
    yes: [
      [settings, { ...ref, finalizer: 'chaos.operatorchaos.io/block' }, 'shop'],
      [
        widgets('Cluster'),
        {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          name: 'widgets.demo.example.com',
          finalizer: 'chaos.operatorchaos.io/block',
        },
      ],
    ],
    no: [
      [outside('v1', 'Namespace', 'shop'), 'a Namespace is never a target'],
      [
        inShop('v1', 'ConfigMap', 'held', { metadata: { finalizers: ['chaos.operatorchaos.io/block'] } }),
        'it already has finalizer chaos.operatorchaos.io/block',
      ],
      [
        inShop('discovery.k8s.io/v1', 'EndpointSlice', 'web'),
        'a controller writes an EndpointSlice: choose the object that it belongs to',
      ],
    ],
  },
  LabelStomping: {
    yes: [
      [
        web,
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'web',
          labelKey: 'team',
          action: 'overwrite',
          newValue: 'chaos-stomped',
        },
        'shop',
      ],
    ],
    no: [
      [settings, 'it has no label'],
      [
        inShop('v1', 'ConfigMap', 'ours', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } }),
        'it has no label',
      ],
    ],
  },
  OwnerRefOrphan: {
    yes: [[webPod, { apiVersion: 'v1', kind: 'Pod', name: 'web-5d9f-x2' }, 'shop']],
    no: [
      [web, 'it has no owner'],
      [outside('v1', 'Node', 'node-1'), 'a Node is never a target'],
    ],
  },
  CRDMutation: {
    yes: [
      [
        widget,
        { apiVersion: 'demo.example.com/v1', kind: 'Widget', name: 'w', path: 'spec.limits.most', value: '5' },
        'shop',
      ],
      [
        web,
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', path: 'spec.progressDeadlineSeconds', value: '601' },
        'shop',
      ],
    ],
    no: [
      [token, 'the undo record would show secret data: use ConfigDrift, which keeps it hidden'],
      [settings, 'it has no spec: use ConfigDrift, which changes one of its keys'],
      [webPod, 'almost nothing in the spec of a Pod can be changed'],
      [
        inShop('v1', 'Service', 'web', { spec: { type: 'ClusterIP', selector: LABELS } }),
        'no field in the spec of a Service is known to take another value',
      ],
    ],
  },
  LeaderElectionDisrupt: {
    yes: [[lease, { name: 'leader' }, 'shop']],
    no: [
      [web, 'it is for a Lease, this is a Deployment'],
      [{ ...lease, spec: {} }, 'no holder is recorded in this Lease: deleting it affects no leader'],
    ],
  },
  NamespaceDeletion: {
    yes: [[outside('v1', 'Namespace', 'scratch'), { namespace: 'scratch' }, 'scratch']],
    no: [[web, 'it is for a Namespace, this is a Deployment']],
  },
  QuotaExhaustion: {
    yes: [
      [outside('v1', 'Namespace', 'shop'), { quotaName: 'chaos-quota', pods: '0' }, 'shop'],
      [web, { quotaName: 'chaos-quota', pods: '0' }, 'shop'],
    ],
    no: [[lease, 'it is for a Namespace or an object that creates pods, this is a Lease']],
  },
  RBACRevoke: {
    yes: [
      [binding([account]), { bindingName: 'reader', bindingType: 'ClusterRoleBinding' }, 'shop'],
      [
        inShop('rbac.authorization.k8s.io/v1', 'RoleBinding', 'web', { subjects: [account] }),
        { bindingName: 'web', bindingType: 'RoleBinding' },
        'shop',
      ],
    ],
    no: [
      [binding([]), 'it has no subjects: there is nothing to revoke'],
      [web, 'it is for a RoleBinding or a ClusterRoleBinding, this is a Deployment'],
    ],
  },
  ResourceDeletion: {
    yes: [[widget, { apiVersion: 'demo.example.com/v1', kind: 'Widget', name: 'w' }, 'shop']],
    no: [
      [outside('v1', 'Namespace', 'shop'), 'a Namespace lives in no namespace'],
      [inShop('rbac.authorization.k8s.io/v1', 'Role', 'web'), 'a Role grants permissions: use RBACRevoke'],
    ],
  },
  WebhookDisrupt: {
    yes: [
      [
        hook('Fail', 'Ignore'),
        { webhookName: 'checkout', webhookType: 'mutating', action: 'setFailurePolicy', value: 'Ignore' },
        'shop',
      ],
      [
        hook('Ignore'),
        { webhookName: 'checkout', webhookType: 'mutating', action: 'setFailurePolicy', value: 'Fail' },
        'shop',
      ],
    ],
    no: [
      [hook(), 'it has no webhooks'],
      [web, 'it is for a webhook configuration, this is a Deployment'],
    ],
  },
  WebhookLatency: {
    yes: [
      [settings, { resources: 'configmaps', apiGroups: 'core', delay: '25s' }, 'shop'],
      [widgets('Namespaced'), { resources: 'widgets', apiGroups: 'demo.example.com', delay: '25s' }],
    ],
    no: [
      [widgets('Cluster'), 'the kind that it defines is cluster-scoped'],
      [widget, 'the resource name of a Widget in URLs is not known'],
      [outside('v1', 'Node', 'node-1'), 'a Node lives in no namespace'],
    ],
  },
};

describe.each(FAULT_TYPES)('%s', type => {
  const { yes, no } = CASES[type];

  it.each(yes.map(one => [nameOf(one[0]), ...one] as const))('fits %s', (_, object, parameters, namespace) => {
    expect(faultOf(type).appliesTo(object)).toEqual({
      fits: true,
      parameters,
      ...(namespace !== undefined && { namespace }),
    });
  });

  it.each(no.map(one => [nameOf(one[0]), ...one] as const))('does not fit %s', (_, object, reason) => {
    expect(faultOf(type).appliesTo(object)).toEqual({ fits: false, reason });
  });
});

it('takes the name that URLs have for a kind from whoever read it', () => {
  expect(faultOf('WebhookLatency').appliesTo(widget, 'widgets')).toMatchObject({
    parameters: { resources: 'widgets' },
  });
});
