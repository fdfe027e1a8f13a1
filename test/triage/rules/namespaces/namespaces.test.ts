import { describe, expect, test } from 'vitest';
import { finalizerStuck } from '../../../../src/triage/rules/namespaces/finalizer.ts';
import { namespaceTerminating } from '../../../../src/triage/rules/namespaces/terminating.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, causesOf, commandsOf, findings, wordsOf } from '../findings.ts';

const namespace = (conditions: object[], minutes = 25): Literal => ({
  kind: 'Namespace',
  metadata: { name: 'search', deletionTimestamp: ago(minutes) },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Terminating', conditions },
});
const is = (type: string, message: string) => ({
  type,
  status: 'True',
  reason: 'x',
  message,
  lastTransitionTime: ago(24),
});
const crd: Literal = {
  kind: 'CustomResourceDefinition',
  metadata: { name: 'clusters.opensearch.opster.io' },
  spec: {
    group: 'opensearch.opster.io',
    names: { kind: 'Cluster', plural: 'clusters' },
    versions: [{ name: 'v1', served: true, storage: true }],
  },
};
const remaining = [
  is(
    'NamespaceContentRemaining',
    'Some resources are remaining: clusters.opensearch.opster.io has 1 resource instances',
  ),
  is(
    'NamespaceFinalizersRemaining',
    'Some content in the namespace has finalizers remaining: opensearch.opster.io/cleanup in 1 resource instances',
  ),
];
const logs: Literal = {
  kind: 'Cluster',
  metadata: { name: 'logs', namespace: 'search', finalizers: ['other.dev/x', 'opensearch.opster.io/cleanup'] },
};

describe('namespaces/terminating', () => {
  test('names the instance, its finalizer and that its controller is gone; the patch takes off that one only', () => {
    const [found] = findings(namespaceTerminating, [namespace(remaining), crd], { instances: { Cluster: [logs] } });
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Namespace', name: 'search' },
      since: { exact: true },
    });
    expect(wordsOf(found as never)).toContain(
      'Cluster logs metadata.finalizers: other.dev/x, opensearch.opster.io/cleanup',
    );
    expect(found?.cause).toContain('the controller is gone');
    expect(commandsOf(found as never)).toContain(
      `kubectl --context test patch cluster.opensearch.opster.io/logs -n search --type=json -p '[{"op":"test","path":"/metadata/finalizers/1","value":"opensearch.opster.io/cleanup"},{"op":"remove","path":"/metadata/finalizers/1"}]'`,
    );
  });
  test('a controller that is dead is a cause, and is to come back before any finalizer goes', () => {
    const operator: Literal = {
      kind: 'Deployment',
      metadata: { name: 'opensearch-operator', namespace: 'ops' },
      status: {},
    };
    const [found] = findings(namespaceTerminating, [namespace(remaining), crd, operator], { forbidden: ['Cluster'] });
    expect(causesOf(found as never)).toContain('Deployment/ops/opensearch-operator');
    expect(wordsOf(found as never)).toContain('clusters not read');
    expect(found?.fixes[0]?.text).toContain('Restore Deployment ops/opensearch-operator');
  });
  test('a controller that runs and leaves its finalizer: see its log, and the fail-closed webhooks that may refuse its change', () => {
    const operator: Literal = {
      kind: 'Deployment',
      metadata: { name: 'opensearch-operator', namespace: 'ops' },
      status: { readyReplicas: 1 },
    };
    const guard = (failurePolicy: string, operations: string[]): Literal => ({
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'guard' },
      webhooks: [
        {
          name: 'guard.dev',
          failurePolicy,
          clientConfig: { service: { name: 'guard', namespace: 'ops' } },
          rules: [{ apiGroups: ['opensearch.opster.io'], apiVersions: ['*'], resources: ['clusters'], operations }],
        },
      ],
    });
    const told = (hook: Literal) =>
      findings(namespaceTerminating, [namespace(remaining), crd, operator, hook], {
        instances: { Cluster: [logs] },
      })[0];
    const found = told(guard('Fail', ['UPDATE']));
    expect(found?.fixes[0]?.text).toContain('Deployment ops/opensearch-operator is running: see in its log');
    expect(causesOf(found as never)).toContain('ValidatingWebhookConfiguration//guard');
    for (const other of [guard('Ignore', ['UPDATE']), guard('Fail', ['CREATE'])])
      expect(causesOf(told(other) as never)).not.toContain('ValidatingWebhookConfiguration//guard');
  });
  test('a failure of discovery points at the API service, and never at a finalizer', () => {
    const failure = is(
      'NamespaceDeletionDiscoveryFailure',
      'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
    );
    const apiService: Literal = {
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: { group: 'metrics.k8s.io', version: 'v1beta1', service: { name: 'm', namespace: 'kube-system' } },
    };
    const [found] = findings(namespaceTerminating, [namespace([failure]), apiService]);
    expect(causesOf(found as never)).toEqual(['APIService//v1beta1.metrics.k8s.io']);
    expect(JSON.stringify(found?.fixes)).not.toContain('strip');
  });
  test('a conversion that fails points at the CRD', () => {
    const failure = is(
      'NamespaceDeletionContentFailure',
      'Failed to delete all resource types, 1 remaining: conversion webhook for opensearch.opster.io/v1, Kind=Cluster failed: Post "https://c.ops.svc:443/convert?timeout=30s": service "c" not found',
    );
    expect(causesOf(findings(namespaceTerminating, [namespace([failure]), crd])[0] as never)).toContain(
      'CustomResourceDefinition//clusters.opensearch.opster.io',
    );
  });
  test('a namespace in its first minute of going, or that stays, is none', () => {
    expect(findings(namespaceTerminating, [namespace(remaining, 0.5), crd])).toEqual([]);
    expect(findings(namespaceTerminating, [{ kind: 'Namespace', metadata: { name: 'shop' } }])).toEqual([]);
  });
});

describe('namespaces/finalizer', () => {
  const going = (minutes: number, finalizers: string[]): Literal => ({
    ...logs,
    metadata: { ...logs.metadata, deletionTimestamp: ago(minutes), finalizers },
  });
  test('a custom object whose controller is gone', () => {
    const [found] = findings(finalizerStuck, [crd], {
      instances: { Cluster: [going(30, ['opensearch.opster.io/cleanup'])] },
    });
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Cluster', namespace: 'search', name: 'logs' },
      summary: expect.stringContaining('stuck Terminating'),
    });
    expect(commandsOf(found as never)[0]).toContain('patch cluster.opensearch.opster.io/logs -n search');
  });
  test('a claim that a pod uses waits by design', () => {
    const claim: Literal = {
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: 'data',
        namespace: 'shop',
        deletionTimestamp: ago(30),
        finalizers: ['kubernetes.io/pvc-protection'],
      },
    };
    expect(findings(finalizerStuck, [claim])[0]?.severity).toBe('warn');
  });
  test('controllers are given their time, and what lies in a namespace that goes is told of there', () => {
    expect(
      findings(finalizerStuck, [crd], { instances: { Cluster: [going(2, ['opensearch.opster.io/cleanup'])] } }),
    ).toEqual([]);
    expect(
      findings(finalizerStuck, [crd, namespace(remaining)], {
        instances: { Cluster: [going(30, ['opensearch.opster.io/cleanup'])] },
      }),
    ).toEqual([]);
  });
});
