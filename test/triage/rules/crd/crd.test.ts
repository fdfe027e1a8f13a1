import { describe, expect, test } from 'vitest';
import { crdConversionDead } from '../../../../src/triage/rules/crd/conversion.ts';
import { crdMissing, crdRecreated, crdVersion } from '../../../../src/triage/rules/crd/missing.ts';
import { crdNotEstablished, crdTerminating } from '../../../../src/triage/rules/crd/terminating.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, causesOf, commandsOf, findings, wordsOf } from '../findings.ts';

const crd = (spec: object = {}, status: object = {}, metadata: object = {}): Literal => ({
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.demo.dev', creationTimestamp: ago(10_000), ...metadata },
  spec: {
    group: 'demo.dev',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [{ name: 'v1', served: true, storage: true }],
    ...spec,
  },
  status: {
    storedVersions: ['v1'],
    conditions: [
      { type: 'Established', status: 'True' },
      { type: 'NamesAccepted', status: 'True' },
    ],
    ...status,
  },
});
const app = (version = 'v1', deployed = 5_000): Literal => ({
  kind: 'Application',
  metadata: { name: 'demo', namespace: 'argocd', creationTimestamp: ago(9_000) },
  spec: { source: { repoURL: 'https://git.example.com/deploy.git', path: 'apps/demo', targetRevision: 'main' } },
  status: {
    history: [{ deployedAt: ago(deployed) }],
    resources: [
      {
        group: 'demo.dev',
        version,
        kind: 'Widget',
        namespace: 'shop',
        name: 'blue',
        status: 'OutOfSync',
        health: { status: 'Missing' },
      },
    ],
  },
});
const blue: Literal = { kind: 'Widget', metadata: { name: 'blue', namespace: 'shop' } };
const ALL = [crdMissing, crdTerminating, crdRecreated, crdNotEstablished, crdVersion, crdConversionDead];

test.each(ALL)('$id says nothing of a CRD that is served and has its objects', rule =>
  expect(findings(rule, [crd(), app()], { instances: { Widget: [blue] } })).toEqual([]),
);

describe('crd/missing', () => {
  test('a kind that an application holds and nobody serves', () => {
    const [found] = findings(crdMissing, [app()]);
    expect(found).toMatchObject({
      severity: 'critical',
      object: { kind: 'CustomResourceDefinition', name: 'widgets.demo.dev' },
      summary: 'the CRD is missing: no matches for kind Widget in group demo.dev',
    });
    expect(commandsOf(found as never)[1]).toBe(
      'kubectl --context test annotate application demo -n argocd argocd.argoproj.io/refresh=hard --overwrite',
    );
  });
  test('a CRD that an application installs and that is gone', () => {
    const listing = app();
    (listing.status as { resources: object[] }).resources = [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', name: 'widgets.demo.dev' },
    ];
    expect(findings(crdMissing, [listing])).toHaveLength(1);
    expect(findings(crdMissing, [listing, crd()])).toEqual([]);
  });
  test('kinds of the API server itself are no CRDs', () => {
    const builtIn = app();
    (builtIn.status as { resources: object[] }).resources = [
      { group: 'policy', version: 'v1beta1', kind: 'PodSecurityPolicy', name: 'x' },
    ];
    expect(findings(crdMissing, [builtIn])).toEqual([]);
  });
});

describe('crd/terminating', () => {
  const leaving = crd(
    {},
    {
      conditions: [
        {
          type: 'Terminating',
          status: 'True',
          reason: 'InstanceDeletionInProgress',
          message: 'CustomResource deletion is in progress',
        },
      ],
    },
    { deletionTimestamp: ago(30), finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
  );
  const held = {
    instances: { Widget: [{ ...blue, metadata: { ...blue.metadata, finalizers: ['demo.dev/cleanup'] } }] },
  };
  test('says who holds it, and to save what is left first', () => {
    const [found] = findings(crdTerminating, [leaving], held);
    expect(found).toMatchObject({
      severity: 'critical',
      summary: 'the CRD is Terminating: all Widget objects are being deleted, held by finalizer demo.dev/cleanup',
    });
    expect(found?.cause).toContain('No controller of finalizer demo.dev/cleanup is found');
    expect(commandsOf(found as never)[0]).toBe(
      'kubectl --context test get widgets.demo.dev -A -o yaml > widgets.demo.dev.yaml',
    );
  });
  test('names the dead controller of the finalizer as a cause', () => {
    const controller: Literal = {
      kind: 'Deployment',
      metadata: { name: 'demo-controller', namespace: 'demo' },
      status: { readyReplicas: 0 },
    };
    const [found] = findings(crdTerminating, [leaving, controller], held);
    expect(causesOf(found as never)).toEqual(['Deployment/demo/demo-controller']);
  });
  test('what may not be read is said to be not read', () =>
    expect(wordsOf(findings(crdTerminating, [leaving], { forbidden: ['Widget'] })[0] as never)).toContain(
      'instances not read',
    ));
});

describe('crd/recreated-empty', () => {
  const young = crd({}, {}, { creationTimestamp: ago(20) });
  test('a CRD younger than what was deployed of it, and its objects are gone', () =>
    expect(findings(crdRecreated, [young, app()], { instances: { Widget: [] } })[0]).toMatchObject({
      severity: 'critical',
      summary: 'the CRD was deleted and re-created: 1 Widget object is missing',
      since: { exact: true },
    }));
  test('restored objects, or an application that is younger still: nothing', () => {
    expect(findings(crdRecreated, [young, app()], { instances: { Widget: [blue] } })).toEqual([]);
    expect(findings(crdRecreated, [young, app('v1', 10)], { instances: { Widget: [] } })).toEqual([]);
  });
});

test('crd/not-established names the CRD that has the names', () => {
  const clash = crd(
    {},
    {
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'False',
          reason: 'PluralConflict',
          message: '"widgets" is already in use',
          lastTransitionTime: ago(9),
        },
        { type: 'Established', status: 'False', reason: 'NotAccepted', lastTransitionTime: ago(9) },
      ],
    },
    { name: 'widgets2.demo.dev' },
  );
  expect(findings(crdNotEstablished, [crd(), clash])[0]).toMatchObject({
    severity: 'high',
    object: { name: 'widgets2.demo.dev' },
    cause: '"widgets" is already in use; CustomResourceDefinition widgets.demo.dev uses them.',
  });
});

describe('crd/version-not-served', () => {
  test('a version in which an application holds objects', () => {
    const two = crd({
      versions: [
        { name: 'v1beta1', served: false, storage: false },
        { name: 'v1', served: true, storage: true },
      ],
    });
    const [found] = findings(crdVersion, [two, app('v1beta1')]);
    expect(found).toMatchObject({
      severity: 'high',
      summary: 'version v1beta1 of Widget is used but not served',
    });
    expect(commandsOf(found as never)[0]).toContain('"path":"/spec/versions/0/served","value":true');
  });
  test('a version in which objects lie and that the CRD no longer has', () =>
    expect(findings(crdVersion, [crd({}, { storedVersions: ['v1alpha1', 'v1'] })])[0]?.summary).toContain(
      'stored version v1alpha1 is no longer in the CRD',
    ));
});

describe('crd/conversion-dead', () => {
  const converting = crd({
    versions: [
      { name: 'v1beta1', served: true },
      { name: 'v1', served: true, storage: true },
    ],
    conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: { namespace: 'demo', name: 'convert' } } } },
  });
  const NAMESPACE: Literal = { kind: 'Namespace', metadata: { name: 'demo' } };
  test('its Service is gone', () => {
    const [found] = findings(crdConversionDead, [NAMESPACE, converting]);
    expect(found).toMatchObject({
      severity: 'critical',
      summary:
        'the conversion webhook of the CRD fails (service not found: Service demo/convert): lists of its kind fail',
    });
    expect(commandsOf(found as never)[0]).toContain('"strategy":"None"');
  });
  test('with one version nothing is converted', () =>
    expect(
      findings(crdConversionDead, [
        NAMESPACE,
        {
          ...converting,
          spec: { ...(converting.spec as object), versions: [{ name: 'v1', served: true, storage: true }] },
        },
      ])[0]?.severity,
    ).toBe('warn'));
  test('what a namespace tells of a failed conversion is believed where endpoints are ready', () => {
    const service: Literal = {
      kind: 'Service',
      metadata: { name: 'convert', namespace: 'demo' },
      spec: { ports: [{ port: 443 }] },
    };
    const slice: Literal = {
      kind: 'EndpointSlice',
      metadata: { name: 's', namespace: 'demo', labels: { 'kubernetes.io/service-name': 'convert' } },
      ports: [{ name: '', port: 1 }],
      endpoints: [{ addresses: ['10.0.0.1'] }],
    };
    expect(findings(crdConversionDead, [NAMESPACE, converting, service, slice])).toEqual([]);
    const old: Literal = {
      kind: 'Namespace',
      metadata: { name: 'old' },
      status: {
        conditions: [
          {
            type: 'NamespaceDeletionContentFailure',
            status: 'True',
            message:
              'Failed to delete all resource types, 1 remaining: conversion webhook for demo.dev/v1, Kind=Widget failed: Post "https://convert.demo.svc:443/?timeout=30s": context deadline exceeded',
          },
        ],
      },
    };
    expect(findings(crdConversionDead, [NAMESPACE, converting, service, slice, old])[0]?.summary).toContain('timeout');
  });
});
