import { describe, expect, test } from 'vitest';
import { gitopsApplication } from '../../../../src/triage/rules/gitops/application.ts';
import { gitopsEngine } from '../../../../src/triage/rules/gitops/engine.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, causesOf, findings, wordsOf } from '../findings.ts';

const app = (status: object, name = 'shop', spec: object = {}): Literal => ({
  kind: 'Application',
  metadata: { name, namespace: 'argocd', creationTimestamp: ago(5_000) },
  spec: {
    source: { repoURL: 'https://git.example.com/deploy.git', path: `apps/${name}`, targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
    syncPolicy: { automated: {} },
    ...spec,
  },
  status: { sync: { status: 'Synced' }, health: { status: 'Healthy' }, ...status },
});
const failed = (message: string, more: object = {}) => ({
  sync: { status: 'OutOfSync' },
  operationState: {
    phase: 'Failed',
    finishedAt: ago(20),
    message: `one or more objects failed to apply, reason: ${message} (retried 5 times).`,
    syncResult: { resources: [{ kind: 'Isvc', name: 'iris', status: 'SyncFailed', message }] },
  },
  ...more,
});
const only = (objects: Literal[], told = {}) => findings(gitopsApplication, objects, told)[0];

test('a well application, one that is synced by hand, and a failure that is past are none', () => {
  expect(
    findings(gitopsApplication, [
      app({}),
      app({ sync: { status: 'OutOfSync' } }, 'by-hand', { syncPolicy: {} }),
      app({ operationState: { phase: 'Failed', message: 'namespaces "x" not found' } }, 'past'),
    ]),
  ).toEqual([]);
});

describe('a refused sync', () => {
  test('an immutable field: the object and what to do in Git', () => {
    const found = only([
      app(failed('ConfigMap "flags" is invalid: data: Forbidden: field is immutable when `immutable` is set')),
    ]);
    expect(found).toMatchObject({
      severity: 'high',
      summary: expect.stringContaining('immutable'),
      since: { exact: true },
    });
    expect(found?.fixes[0]?.text).toContain('Replace=true');
    expect(causesOf(found as never)).toContain('ConfigMap/shop/flags');
  });
  test('a full quota and a dead webhook are named as causes', () => {
    expect(
      causesOf(
        only([
          app(failed('pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=9, limited: pods=9')),
        ]) as never,
      ),
    ).toContain('ResourceQuota/shop/team');
    const hook: Literal = {
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'checks' },
      webhooks: [{ name: 'w.dev' }],
    };
    const text =
      'Internal error occurred: failed calling webhook "w.dev": failed to call webhook: Post "https://h.tools.svc:443/?timeout=10s": no endpoints available for service "h"';
    expect(causesOf(only([app(failed(text)), hook]) as never)).toEqual(
      expect.arrayContaining(['ValidatingWebhookConfiguration//checks', 'Service/tools/h']),
    );
  });
  test('a label that a policy wants: the near miss, with policy, rule and Git path', () => {
    const text =
      'admission webhook "validate.kyverno.svc-fail" denied the request: resource Isvc/shop/iris was blocked due to the following policies require-labels: check-cost: \'validation error: label missing. rule check-cost failed at path /metadata/labels/cost-center/\'';
    const objects = [
      app(
        failed(text, {
          resources: [
            { group: 'demo.dev', version: 'v1', kind: 'Isvc', namespace: 'shop', name: 'iris', status: 'OutOfSync' },
          ],
        }),
      ),
    ];
    const iris: Literal = {
      kind: 'Isvc',
      metadata: { name: 'iris', namespace: 'shop', labels: { owner: 'a', costCenter: 'ai' } },
    };
    const found = only(objects, { whole: { 'Isvc/shop/iris': iris } });
    expect(found?.cause).toContain('has label costCenter=ai, but the policy requires cost-center');
    expect(found?.fixes[0]?.text).toBe(
      'In Git (apps/shop in https://git.example.com/deploy.git at main) rename label costCenter to cost-center (value ai).',
    );
    expect(wordsOf(found as never)).toContain('policy require-labels/check-cost');
    expect(only(objects)?.summary).toContain('label cost-center missing');
  });
});

describe('Unknown', () => {
  const unknown = (name: string, spec = {}) =>
    app(
      {
        sync: { status: 'Unknown' },
        health: { status: 'Unknown' },
        conditions: [
          {
            type: 'ComparisonError',
            lastTransitionTime: ago(9),
            message:
              'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.4.4:8081: connect: connection refused"',
          },
        ],
      },
      name,
      spec,
    );
  test('all of them point at the engine, whose parts are causes', () => {
    const repo: Literal = {
      kind: 'Deployment',
      metadata: { name: 'argocd-repo-server', namespace: 'argocd', creationTimestamp: ago(900) },
      spec: { replicas: 2, selector: { matchLabels: { app: 'r' } } },
      status: {},
    };
    const found = only([unknown('a'), unknown('b'), repo]);
    expect(found?.cause).toContain('All 2 applications are Unknown');
    expect(causesOf(found as never)).toContain('Deployment/argocd/argocd-repo-server');
    expect(findings(gitopsEngine, [repo])[0]).toMatchObject({
      severity: 'critical',
      object: { name: 'argocd-repo-server' },
    });
    expect(findings(gitopsEngine, [{ ...repo, status: { readyReplicas: 1 } }])).toEqual([]);
  });
  test('those of one repository point at that repository', () => {
    const other = { source: { repoURL: 'https://git.example.com/other.git', path: 'x' } };
    expect(only([unknown('a'), unknown('b'), app({}, 'c', other)])?.cause).toContain('come from one repository');
  });
  test('the words of Git are understood', () =>
    expect(
      only([
        app({
          sync: { status: 'Unknown' },
          conditions: [
            {
              type: 'ComparisonError',
              message: 'Failed to load target state: rpc error: code = Unknown desc = authentication required',
            },
          ],
        }),
      ])?.summary,
    ).toContain('rejects the credentials'));
});

/** Deployment web, as an Application lists what it has synced. */
const syncedWeb = (health: string) => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  status: 'Synced',
  health: { status: health },
});

test('synced, and yet missing: what is listed and not in the cluster', () => {
  const found = only([
    app({
      resources: [syncedWeb('Healthy')],
    }),
  ]);
  expect(found).toMatchObject({ severity: 'high', summary: 'Synced, but missing from the cluster: Deployment web' });
});

test('degraded: the object that is not well is a cause', () => {
  const web: Literal = { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } };
  const found = only([
    app({
      health: { status: 'Degraded' },
      resources: [syncedWeb('Degraded')],
    }),
    web,
  ]);
  expect(found?.summary).toBe('health Degraded: Deployment web is Degraded');
  expect(causesOf(found as never)).toEqual(['Deployment/shop/web']);
});

test.each([
  [
    'failed to get cluster info for "https://10.0.7.1:6443": i/o timeout',
    /Argo CD cannot reach the cluster/,
    /cluster Secret/,
  ],
  ['Skipping auto-sync: cannot sync: blocked by sync window', /sync window/, /syncWindows/],
])('says what Argo CD means by %s', (message, why, fix) => {
  const conditions = [{ type: 'SyncError', message, lastTransitionTime: ago(20) }];
  const found = only([app({ sync: { status: 'OutOfSync' }, conditions })]);
  expect(found?.summary).toMatch(why);
  expect(found?.fixes[0]?.text).toMatch(fix);
});

test('two applications that hold one object are only worth a look', () => {
  const message = 'ConfigMap/flags is part of applications argocd/shop and pay';
  const found = only([app({ conditions: [{ type: 'SharedResourceWarning', message }] })]);
  expect(found).toMatchObject({ severity: 'warn' });
  expect(found?.summary).toContain(message);
});
