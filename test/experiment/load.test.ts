import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';
import { type Document, document } from './documents.ts';

function errors(source: string): string[] {
  const loading = loadExperiment(source, 'x.yaml');
  return loading.ok ? [] : loading.errors.map(issue => `${issue.path}: ${issue.message}`);
}
const broken = (change: (experiment: Document) => void) => errors(document(change));

describe('a good document', () => {
  it('comes out with its defaults', () => {
    const source = document(experiment => {
      experiment.spec.hypothesis = { description: 'x' };
      experiment.spec.injection.ttl = '1m30s';
    });
    const loading = loadExperiment(source, 'x.yaml');
    expect(loading).toMatchObject({ ok: true, warnings: [] });
    if (!loading.ok) return;
    const { experiment, path, sha256 } = loading.loaded;
    expect(path).toBe('x.yaml');
    expect(sha256).toBe(createHash('sha256').update(source).digest('hex'));
    expect(experiment.spec.injection).toEqual({
      type: 'PodKill',
      parameters: { labelSelector: 'app=checkout' },
      count: 1,
      ttlMs: 90_000,
    });
    expect(experiment.spec.hypothesis).toEqual({
      description: 'x',
      recoveryTimeoutMs: 60_000,
      recoveryTimeoutGiven: false,
    });
    expect(experiment.spec.blastRadius).toEqual({
      maxPodsAffected: 1,
      allowedNamespaces: ['shop'],
      forbiddenResources: [],
      allowDangerous: false,
      dryRun: false,
    });
  });

  it('takes what a cluster adds to it', () => {
    const source = document(experiment => {
      experiment.metadata = {
        ...experiment.metadata,
        uid: 'u',
        generation: 3,
        managedFields: [{ manager: 'm' }],
        creationTimestamp: null,
      };
      experiment.status = { phase: 'Complete', anything: 1 };
    });
    expect(loadExperiment(source, 'x').ok).toBe(true);
  });
});

describe('a bad document', () => {
  it('gives every error at once, each with its place and line', () => {
    const source = [
      'apiVersion: chaos.operatorchaos.io/v1',
      'kind: ChaosExperiment',
      'metadata: {}',
      'spec:',
      '  tier: 9',
      '  target: {operator: Shop}',
      '  injection:',
      '    type: PodKil',
      '    ttl: 2h',
      '    parameter: {}',
      '  hypothesis: {description: x, recoveryTimeout: 30}',
      '  blastRadius: {maxPodsAffected: 0, allowedNamespaces: [shop]}',
    ].join('\n');
    const loading = loadExperiment(source, 'x');
    expect(loading.ok).toBe(false);
    const lines = loading.ok
      ? []
      : loading.errors.map(({ path, line, message }) => `${line ?? '-'} ${path}: ${message}`).sort();
    expect(lines).toEqual([
      '1 apiVersion: expected chaos.operatorchaos.io/v1alpha1, found "chaos.operatorchaos.io/v1"',
      '10 spec.injection.parameter: unknown field (did you mean parameters?)',
      '11 spec.hypothesis.recoveryTimeout: expected a duration such as "90s", "1m30s" or "500ms", found the number 30',
      '12 spec.blastRadius.maxPodsAffected: expected at least 1, found 0',
      '3 metadata.name: required, and missing',
      '5 spec.tier: expected 1 to 6, or 0 for none, found 9',
      '6 spec.target.component: required, and missing',
      '6 spec.target.operator: expected a name of at most 253 lower-case letters, digits, "-" or ".", found "Shop"',
      '8 spec.injection.type: unknown injection type "PodKil" (did you mean PodKill?): expected PodKill, NetworkPartition, CRDMutation, ConfigDrift, WebhookDisrupt, RBACRevoke, FinalizerBlock, ClientFault, OwnerRefOrphan, QuotaExhaustion, WebhookLatency, NamespaceDeletion, LabelStomping, SecretDeletion, DeploymentScaleZero, LeaderElectionDisrupt, CrashLoopInject, ImageCorrupt, ResourceDeletion, PDBBlock',
      '9 spec.injection.ttl: expected a duration from 0s to 1h, found 7200s',
    ]);
  });

  it('is one clear line when it is no document at all', () => {
    expect(errors('a: [1')).toEqual([expect.stringMatching(/^: not YAML: /)]);
    expect(errors('')).toEqual([': expected a ChaosExperiment, found an empty document']);
    expect(errors('just text')).toEqual(expect.arrayContaining([': expected fields, found "just text"']));
    expect(errors(`${document()}---\n${document()}`)).toEqual([
      ': expected one document, found 2: put each experiment into a file of its own',
    ]);
    expect(errors(`# ${'x'.repeat(1024 * 1024)}`)).toEqual([': expected at most 1 MiB, found 1.0 MiB']);
  });

  it('does not call a part missing that could not be read', () => {
    expect(errors(document().replace('name: kill-the-shop', 'name: [a]'))).toEqual([
      'metadata.name: expected text, found a list',
    ]);
  });

  it('names no terminal codes that stand in it', () => {
    const found = broken(experiment => {
      experiment.kind = 'x\u001b]0;gotcha\u0007\u001b[31mred';
    });
    expect(found.join('')).toContain('found "xred"');
  });

  it.each<[string, (experiment: Document) => void, string]>([
    ['another kind', e => Object.assign(e, { kind: 'ConfigMap' }), 'kind: expected ChaosExperiment, found "ConfigMap"'],
    ['no kind', e => Object.assign(e, { kind: undefined }), 'kind: expected ChaosExperiment, found nothing'],
    [
      'no description',
      e => Object.assign(e.spec.hypothesis, { description: '' }),
      'spec.hypothesis.description: required, and missing',
    ],
    [
      'a negative count',
      e => Object.assign(e.spec.injection, { count: -1 }),
      'spec.injection.count: expected 0 or more, found -1',
    ],
    [
      'an unknown danger',
      e => Object.assign(e.spec.injection, { dangerLevel: 'extreme' }),
      'spec.injection.dangerLevel: expected low, medium, high, found "extreme"',
    ],
    [
      'a negative ttl',
      e => Object.assign(e.spec.injection, { ttl: '-1s' }),
      'spec.injection.ttl: expected a duration from 0s to 1h, found -1s',
    ],
    [
      'an unknown check',
      e => Object.assign(e.spec.steadyState, { checks: [{ type: 'podReady' }] }),
      'spec.steadyState.checks[0].type: expected conditionTrue, resourceExists, fieldEquals, found "podReady"',
    ],
    [
      'a check without its condition',
      e => delete e.spec.steadyState.checks[0]?.conditionType,
      'spec.steadyState.checks[0].conditionType: conditionTrue needs it, and it is missing',
    ],
    [
      'a field check without a value',
      e =>
        Object.assign(e.spec.steadyState, {
          checks: [{ type: 'fieldEquals', kind: 'A', name: 'a', fieldPath: 'x', expectedValue: '' }],
        }),
      'spec.steadyState.checks[0].expectedValue: fieldEquals needs it, and it is missing',
    ],
  ])('says what is wrong with %s', (_what, change, message) => {
    expect(broken(change)).toContain(message);
  });
});

describe('the blast radius', () => {
  it.each<[string, (experiment: Document) => void, string]>([
    [
      'no allowed namespace',
      e => Object.assign(e.spec.blastRadius, { allowedNamespaces: [] }),
      'spec.blastRadius.allowedNamespaces: expected at least one namespace, found none',
    ],
    [
      'kube-system',
      e => Object.assign(e.spec.blastRadius, { allowedNamespaces: ['kube-system'] }),
      'spec.blastRadius.allowedNamespaces[0]: namespace kube-system is never a target',
    ],
    [
      'a platform namespace without permission',
      e => Object.assign(e.spec.blastRadius, { allowedNamespaces: ['openshift-x'] }),
      'spec.blastRadius.allowedNamespaces[0]: namespace openshift-x belongs to the platform: only with spec.blastRadius.allowDangerous: true',
    ],
    [
      'a check in default',
      e => Object.assign(e.spec.steadyState.checks[0] ?? {}, { namespace: 'default' }),
      'spec.steadyState.checks[0].namespace: namespace default is never a target',
    ],
    [
      'a check that leads outside',
      e => {
        e.spec.blastRadius.allowedNamespaces = ['a', 'b'];
      },
      'spec.blastRadius.allowedNamespaces: expected one of allowedNamespaces (a, b), found shop, where the injection would land (named by steadyState)',
    ],
    [
      'more pods than allowed',
      e => Object.assign(e.spec.injection, { count: 2 }),
      'spec.injection.count: expected at most maxPodsAffected (1), found 2',
    ],
    [
      'a forbidden resource',
      e => Object.assign(e.spec.blastRadius, { forbiddenResources: ['Deployment/checkout'] }),
      'spec.target.resource: Deployment/checkout is one of forbiddenResources',
    ],
    [
      'a forbidden resource by its default name',
      e => {
        delete e.spec.target.resource;
        e.spec.blastRadius.forbiddenResources = ['checkout/kill-the-shop'];
      },
      'spec.target.resource: checkout/kill-the-shop is one of forbiddenResources',
    ],
    [
      'high danger unallowed',
      e => Object.assign(e.spec.injection, { dangerLevel: 'high' }),
      'spec.blastRadius.allowDangerous: expected true, since dangerLevel is high',
    ],
    [
      'no namespace anywhere',
      e => {
        e.spec.blastRadius.allowedNamespaces = [];
        e.spec.steadyState.checks = [];
      },
      'spec.blastRadius.allowedNamespaces: no namespace is named, so it would be default, which is never a target: give one here, in a check or in metadata.namespace',
    ],
  ])('stops %s', (_what, change, message) => {
    expect(broken(change)).toContain(message);
  });
});

describe('a document of another kind gets one error', () => {
  it.each([
    ['a text', 'hello\n', /^expected fields, found "hello"$/],
    ['a list', '- a\n- b\n', /^expected fields, found a list$/],
    [
      'values of something else',
      'replicas: 3\nimage: web\n',
      /^expected ChaosExperiment, found nothing: neither kind, /,
    ],
  ])('%s', (_, text, message) => {
    const loading = loadExperiment(text, 'x.yaml');
    expect(loading).toMatchObject({ ok: false, errors: [{ message: expect.stringMatching(message) }], warnings: [] });
    expect(loading.ok ? [] : loading.errors).toHaveLength(1);
  });
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {}}\n';
  it.each([
    ['a Deployment', deployment, 'expected ChaosExperiment, found "Deployment"', 2],
    [
      'a List',
      'apiVersion: v1\nkind: List\nitems:\n- {kind: ChaosExperiment}\n- {kind: ChaosExperiment}\n',
      'expected one ChaosExperiment, found a List of 2: put each experiment into a file of its own',
      2,
    ],
    [
      'a list of experiments as kubectl get prints it',
      '{"apiVersion":"chaos.operatorchaos.io/v1alpha1","items":[{"kind":"ChaosExperiment"}],"kind":"ChaosExperimentList","metadata":{}}',
      'expected one ChaosExperiment, found a ChaosExperimentList of 1: put each experiment into a file of its own',
      1,
    ],
  ])('%s', (_, text, message, line) => {
    expect(loadExperiment(text, 'x.yaml')).toMatchObject({
      ok: false,
      errors: [{ path: 'kind', message, line }],
      warnings: [],
    });
    const loading = loadExperiment(text, 'x.yaml');
    expect(loading.ok ? [] : loading.errors).toHaveLength(1);
  });
});
