import { expect, it } from 'vitest';
import { fluxNotReady } from '../../../../src/triage/rules/gitops/flux.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, causesOf, findings } from '../findings.ts';

const object = (kind: string, ready: [string, string, string, number], spec: object = {}): Literal => ({
  kind,
  metadata: { name: 'shop', namespace: 'flux-system', creationTimestamp: ago(900) },
  spec: { interval: '1m', ...spec },
  status: {
    conditions: [
      { type: 'Ready', status: ready[0], reason: ready[1], message: ready[2], lastTransitionTime: ago(ready[3]) },
    ],
  },
});

it('accuses a source that cannot be fetched, and names credentials as the fix', () => {
  const message =
    "failed to checkout and determine revision: unable to clone 'https://git.example.com/deploy': authentication required";
  const [found] = findings(fluxNotReady, [
    object('GitRepository', ['False', 'AuthenticationFailed', message, 20], {
      url: 'https://git.example.com/deploy',
      secretRef: { name: 'deploy-key' },
    }),
  ]);
  expect(found).toMatchObject({
    severity: 'high',
    object: { kind: 'GitRepository' },
    since: { at: Date.parse(ago(20)), exact: true },
  });
  expect(found?.fixes[0]?.text).toContain('deploy-key');
});

it('a Kustomization that cannot be applied may be because of its source, what it depends on, or what refuses its objects', () => {
  const message =
    'Deployment/shop/web dry-run failed: admission webhook "validate.kyverno.svc-fail" denied the request: no';
  const [found] = findings(fluxNotReady, [
    object('Kustomization', ['False', 'ReconciliationFailed', message, 20], {
      path: './shop',
      sourceRef: { kind: 'GitRepository', name: 'deploy' },
      dependsOn: [{ name: 'infra' }],
    }),
  ]);
  expect(found && causesOf(found)).toEqual(
    expect.arrayContaining([
      'GitRepository/flux-system/deploy',
      'Kustomization/flux-system/infra',
      'Deployment/shop/web',
    ]),
  );
});

it.each([
  ['well', object('Kustomization', ['True', 'ReconciliationSucceeded', 'Applied revision: main@sha1:1', 20])],
  ['suspended on purpose', object('HelmRelease', ['False', 'InstallFailed', 'timed out', 20], { suspend: true })],
  ['just begun', object('Kustomization', ['False', 'BuildFailed', 'x', 1])],
  ['under way', object('HelmRelease', ['False', 'Progressing', 'Running upgrade', 5])],
])('says nothing of what is %s', (_, one) => {
  expect(findings(fluxNotReady, [one])).toEqual([]);
});
