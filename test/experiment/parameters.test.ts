import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import { FAULT_RULES, FAULT_TYPES, type FaultType } from '../../src/faults/types.ts';
import { quoted } from '../../src/text/issue.ts';
import { type Document, GOOD, ofType } from './documents.ts';

function errors(
  type: FaultType,
  parameters: Record<string, string | undefined> = {},
  change?: (experiment: Document) => void,
): string[] {
  const loading = loadExperiment(ofType(type, parameters, change), 'x');
  return loading.ok
    ? []
    : loading.errors.map(issue => `${issue.path.replace('spec.injection.parameters.', '')}: ${issue.message}`);
}
function warnings(type: FaultType, parameters: Record<string, string>): string[] {
  return loadExperiment(ofType(type, parameters), 'x').warnings.map(
    issue => `${issue.path.replace('spec.injection.parameters.', '')}: ${issue.message}`,
  );
}

const noDataKey = (found: string) =>
  `key: expected a data key of at most 253 letters, digits, "-", "_" or ".", not "." and not beginning with "..", found ${found}`;

function allowHigh(experiment: Document): void {
  experiment.spec.injection.dangerLevel = 'high';
  experiment.spec.blastRadius.allowDangerous = true;
}

describe.each(FAULT_TYPES.map(type => [type] as const))('%s', type => {
  it('accepts good parameters', () => expect(errors(type)).toEqual([]));

  it('misses each required parameter', () => {
    const needed = Object.entries(FAULT_RULES[type].parameters).filter(([, rule]) => rule.required);
    for (const [name] of needed)
      expect(errors(type, { [name]: undefined })).toContain(`${name}: required, and missing`);
  });

  it('refuses an unknown parameter and names the known ones', () => {
    const known = Object.keys(FAULT_RULES[type].parameters).join(', ');
    expect(errors(type, { bogus: 'x' }).join('\n')).toMatch(
      new RegExp(`^bogus: unknown parameter of ${type}.*: expected ${known}$`),
    );
  });

  it('insists on high danger where the type demands it', () => {
    if (GOOD[type].high !== true) return;
    const found = errors(type, {}, experiment => {
      delete experiment.spec.injection.dangerLevel;
    });
    expect(found.join('\n')).toMatch(/^spec\.injection\.dangerLevel: expected high, found nothing: /);
  });

  it('never throws, whatever its parameters say', () => {
    const names = Object.keys(FAULT_RULES[type].parameters);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 40 })),
        parameters => {
          expect(() => loadExperiment(ofType(type, parameters), 'x')).not.toThrow();
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('keys of a ConfigDrift', () => {
  it.each(['mode', 'A.b_c-9', '_', '-', 'tls.crt', '9', 'a..b', '.hidden', 'x'.repeat(253)])(
    'are taken as an API server takes them: %s',
    key => {
      const document = ofType('ConfigDrift', { name: 'config', key, value: 'x' });
      expect(loadExperiment(document, 'x')).toMatchObject({ ok: true });
    },
  );
});

describe('parameters that say too much or too little', () => {
  it.each<[FaultType, Record<string, string | undefined>, string]>([
    [
      'PodKill',
      { labelSelector: 'a in b' },
      'labelSelector: expected a label selector such as "app=web": "a in b" is no requirement',
    ],
    [
      'NetworkPartition',
      { labelSelector: 'a!=b,c in (d,e)' },
      'labelSelector: expected at least one requirement of the form key=value',
    ],
    ['CRDMutation', { path: undefined }, 'path: expected path or field, found neither'],
    ['CRDMutation', { field: 'size' }, 'path: expected path or field, found both'],
    ['CRDMutation', { path: 'metadata.uid' }, 'path: metadata.uid cannot be changed'],
    [
      'CRDMutation',
      { path: 'spec.items[0]' },
      'path: expected field names joined by dots, found "items[0]" in "spec.items[0]"',
    ],
    ['CRDMutation', { path: 'spec..a' }, 'path: expected field names joined by dots, found "" in "spec..a"'],
    [
      'CRDMutation',
      { kind: 'ChaosExperiment', apiVersion: 'chaos.operatorchaos.io/v1alpha1' },
      'kind: a ChaosExperiment is no target',
    ],
    [
      'CRDMutation',
      { name: 'operator-chaos-x' },
      'name: names beginning with operator-chaos- belong to the chaos tools and are no target',
    ],
    ['CRDMutation', { value: ' null ' }, 'spec.injection.dangerLevel: expected high, found nothing: the value is null'],
    [
      'CRDMutation',
      { value: '{"a":1}' },
      'spec.injection.dangerLevel: expected high, found nothing: the value is an object or a list',
    ],
    [
      'CRDMutation',
      { path: 'spec.replicas' },
      'spec.injection.dangerLevel: expected high, found nothing: replicas is a sensitive field',
    ],
    [
      'CRDMutation',
      { apiVersion: 'apps/v1' },
      'spec.injection.dangerLevel: expected high, found nothing: apps/v1 belongs to the cluster itself',
    ],
    [
      'CRDMutation',
      { kind: 'Node', apiVersion: 'x/v1' },
      'spec.injection.dangerLevel: expected high, found nothing: its target is cluster-scoped',
    ],
    ['ConfigDrift', { key: undefined }, 'key: required, and missing'],
    ['ConfigDrift', { resourceType: 'Pod' }, 'resourceType: expected ConfigMap or Secret, found "Pod"'],
    ['ConfigDrift', { name: 'coredns' }, 'name: coredns is protected: the cluster itself depends on it'],
    ['ConfigDrift', { value: 'ä'.repeat(40_000) }, 'value: expected at most 65536 bytes, found 80000'],
    [
      'ConfigDrift',
      { resourceType: 'Secret' },
      'spec.injection.dangerLevel: expected high, found nothing: the target is a Secret',
    ],
    ['ConfigDrift', { resourceType: 'Secret', key: '../x' }, noDataKey('"../x"')],
    ...['a/b', 'a b', 'a:b', 'ключ', '.', '..', '..a', 'x'.repeat(254)].map(
      key => ['ConfigDrift', { key }, noDataKey(quoted(key))] as [FaultType, Record<string, string>, string],
    ),
    [
      'ConfigDrift',
      { resourceType: 'Secret', name: 'etcd-x' },
      'name: names beginning with etcd- are protected: the cluster itself depends on it',
    ],
    [
      'WebhookDisrupt',
      { webhookName: undefined },
      'webhookName: expected webhookName or webhookLabelSelector, found neither',
    ],
    [
      'WebhookDisrupt',
      { webhookLabelSelector: 'a=b' },
      'webhookName: expected webhookName or webhookLabelSelector, found both',
    ],
    [
      'WebhookDisrupt',
      { webhookName: 'cert-manager-webhook' },
      'webhookName: cert-manager-webhook is protected: policies or certificates of the whole cluster depend on it',
    ],
    ['WebhookDisrupt', { value: 'Never' }, 'value: expected Fail or Ignore, found "Never"'],
    [
      'RBACRevoke',
      { bindingType: 'ClusterRoleBinding', bindingName: 'cluster-admin' },
      'bindingName: cluster-admin is protected: without it nobody may be able to administer the cluster',
    ],
    ['FinalizerBlock', { kind: 'Namespace' }, 'kind: kind Namespace is no target for this type'],
    [
      'FinalizerBlock',
      { apiVersion: undefined, kind: 'Secret' },
      'spec.injection.dangerLevel: expected high, found nothing: Secret is a core kind',
    ],
    [
      'FinalizerBlock',
      { finalizer: 'chaos.operatorchaos.io/cleanup' },
      'finalizer: this finalizer belongs to the framework’s controller: removing it again would skip a revert',
    ],
    [
      'ClientFault',
      { faults: '{}' },
      'faults: expected at least one of get, list, create, update, delete, patch, deleteAllOf, reconcile, apply',
    ],
    ['ClientFault', { faults: '{"get":{"errorRate":2}}' }, 'faults: "get": expected errorRate from 0 to 1, found "2"'],
    [
      'ClientFault',
      { faults: '{"get":{"errorRate":0,"delay":"6m"}}' },
      'faults: "get": expected a delay of at most 5m, found "6m"',
    ],
    [
      'ClientFault',
      { configMapName: 'mine' },
      'configMapName: expected a name beginning with operator-chaos-, found "mine"',
    ],
    [
      'QuotaExhaustion',
      { pods: undefined, cpu: undefined, memory: undefined },
      'quotaName: expected at least one of cpu, memory, pods, services, configmaps, secrets beside it',
    ],
    ['QuotaExhaustion', { cpu: 'lots' }, 'cpu: expected a quantity such as "10", "500m" or "2Gi", found "lots"'],
    [
      'LabelStomping',
      { labelKey: 'app.kubernetes.io/managed-by' },
      'labelKey: label app.kubernetes.io/managed-by marks injections and is no target',
    ],
    [
      'LabelStomping',
      { labelKey: 'app.kubernetes.io/name' },
      'spec.injection.dangerLevel: expected high, found nothing: app.kubernetes.io/name is a label of the platform',
    ],
    ['LabelStomping', { action: 'smash' }, 'action: expected overwrite or delete, found "smash"'],
    ['WebhookLatency', { delay: '30s' }, 'delay: expected a duration from 1s to 29s, found "30s"'],
    [
      'NamespaceDeletion',
      { namespace: 'warehouse' },
      'namespace: expected one of allowedNamespaces (shop), found warehouse',
    ],
    [
      'NamespaceDeletion',
      { namespace: 'openshift-x' },
      'namespace: names beginning with openshift- are protected: never a target',
    ],
    [
      'SecretDeletion',
      { name: 'x'.repeat(240) },
      'name: its backup chaos-backup-secret-… would be longer than 253 characters',
    ],
    ['ResourceDeletion', { kind: 'ClusterRole' }, 'kind: kind ClusterRole is no target for this type'],
    ['ResourceDeletion', { name: 'kubernetes' }, 'name: kubernetes is protected: the cluster itself depends on it'],
    ['PDBBlock', { labelSelector: ' , ' }, 'labelSelector: expected key=value pairs, found none'],
    ['PDBBlock', { labelSelector: 'a!=b' }, 'labelSelector: expected key=value pairs, found "a!=b"'],
  ])('%s %o', (type, parameters, message) => {
    expect(errors(type, parameters)).toContain(message);
  });

  it('lets high danger through once it is declared and allowed', () => {
    expect(errors('CRDMutation', { path: 'spec.replicas' }, allowHigh)).toEqual([]);
    expect(errors('ConfigDrift', { resourceType: 'Secret' }, allowHigh)).toEqual([]);
  });

  it('wants no namespaces for a cluster-scoped target', () => {
    const found = errors('WebhookDisrupt', {}, experiment => {
      experiment.spec.blastRadius.allowedNamespaces = ['shop'];
    });
    expect(found).toEqual([
      'spec.blastRadius.allowedNamespaces: expected none, found shop: the target is cluster-scoped',
    ]);
  });

  it.each<[FaultType, Record<string, string>, string]>([
    ['NetworkPartition', { direction: 'both' }, 'direction: ignored: both directions are always cut'],
    ['NetworkPartition', { duration: '30s' }, 'duration: ignored: spec.injection.ttl ends it'],
    ['PodKill', { signal: 'SIGKILL' }, 'signal: ignored: pods are deleted, no signal is sent'],
    ['CRDMutation', { namespace: 'x' }, 'namespace: ignored: the target must be in the experiment’s own namespace'],
    ['ConfigDrift', { namespace: 'x' }, 'namespace: ignored: the target must be in the experiment’s own namespace'],
    [
      'ClientFault',
      { faults: '{"get":{"errorRate":0,"delay":"1s"}}' },
      'faults: the operator’s SDK cannot read delays written as durations: the whole fault may be ignored',
    ],
  ])('warns of what does nothing: %s %o', (type, parameters, message) => {
    expect(errors(type, parameters)).toEqual([]);
    expect(warnings(type, parameters)).toContain(message);
  });
});
