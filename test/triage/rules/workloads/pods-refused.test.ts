import { describe, expect, it } from 'vitest';
import { podsRefused } from '../../../../src/triage/rules/workloads/pods-refused.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { warning } from '../objects.ts';

function refused(message: string, more: Partial<Literal> = {}): Literal[] {
  return [
    { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 2 }, status: {} },
    {
      kind: 'ReplicaSet',
      metadata: {
        name: 'web-5d9',
        namespace: 'shop',
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      },
      spec: { replicas: 2 },
      status: {
        replicas: 1,
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago(9) },
        ],
      },
      ...more,
    },
  ];
}

describe('workload/pods-refused', () => {
  it.each([
    [
      'pods "web-5d9-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=9, limited: pods=9',
      'resource quota team is exceeded (pods: 1 requested, 9 of 9 used)',
      { kind: 'ResourceQuota', namespace: 'shop', name: 'team', rule: 'quota/' },
    ],
    [
      'pods "web-5d9-x" is forbidden: failed quota: team: must specify limits.memory for: web',
      'requires values that the pod template does not set (limits.memory for: web)',
      { kind: 'ResourceQuota', namespace: 'shop', name: 'team', rule: 'quota/' },
    ],
    [
      'pods "web-5d9-x" is forbidden: error looking up service account shop/web-sa: serviceaccount "web-sa" not found',
      'service account web-sa not found; web exists',
      { kind: 'ServiceAccount', namespace: 'shop', name: 'web-sa' },
    ],
    [
      'pods "web-5d9-x" is forbidden: no PriorityClass with name high was found',
      'priority class high not found; high-priority exists',
      { kind: 'PriorityClass', name: 'high' },
    ],
    [
      'pods "web-5d9-x" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
      'runtime class gvisor not found',
      { kind: 'RuntimeClass', name: 'gvisor' },
    ],
    [
      'pods "web-5d9-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web")',
      'violate the pod security level restricted:latest',
      { kind: 'Namespace', name: 'shop' },
    ],
    [
      'pods "web-5d9-x" is forbidden: maximum memory usage per Container is 128Mi, but limit is 256Mi',
      'the limit range of the namespace refuses them (maximum memory usage per Container is 128Mi',
      { kind: 'LimitRange', namespace: 'shop', name: 'sizes', rule: 'quota/limit-range' },
    ],
    [
      'Internal error occurred: failed calling webhook "pods.acme.dev": failed to call webhook: Post "https://guard.acme.svc:443/": no endpoints available for service "guard"',
      'admission webhook pods.acme.dev cannot be called',
      { kind: 'ValidatingWebhookConfiguration', name: 'guard' },
    ],
    [
      'admission webhook "pods.acme.dev" denied the request: no latest tag',
      'admission webhook pods.acme.dev denies them: no latest tag',
      { kind: 'ValidatingWebhookConfiguration', name: 'guard' },
    ],
  ])('%s', (message, summary, because) => {
    const around: Literal[] = [
      { kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'shop' } },
      { kind: 'PriorityClass', metadata: { name: 'high-priority' } },
      { kind: 'LimitRange', metadata: { name: 'sizes', namespace: 'shop' }, spec: {} },
      { kind: 'ValidatingWebhookConfiguration', metadata: { name: 'guard' }, webhooks: [{ name: 'pods.acme.dev' }] },
    ];
    const [found, ...others] = findings(podsRefused, [...refused(message), ...around]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Deployment', name: 'web' },
      since: { exact: true },
    });
    expect(found?.summary).toContain(`1 pod cannot be created: `);
    expect(found?.summary).toContain(summary);
    expect(found?.because).toContainEqual(because);
  });

  it('reads the events of a StatefulSet, which has no condition for it', () => {
    const set: Literal = {
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop' },
      spec: { replicas: 2 },
      status: { replicas: 0 },
    };
    const words =
      'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: team, requested: requests.cpu=2, used: requests.cpu=11, limited: requests.cpu=12';
    const [found] = findings(podsRefused, [set, warning('StatefulSet', 'shop', 'db', 'FailedCreate', words)]);
    expect(found?.summary).toContain(
      '2 pods cannot be created: resource quota team is exceeded (requests.cpu: 2 requested, 11 of 12 used)',
    );
  });

  it('says nothing where the pods came after all', () => {
    const objects = refused(
      'pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=9, limited: pods=9',
      { status: { replicas: 2 } },
    );
    expect(findings(podsRefused, objects)).toEqual([]);
  });
});

describe('what a policy engine refuses', () => {
  const words = {
    constraint:
      'admission webhook "validation.gatekeeper.sh" denied the request: [pods-must-have-owner] you must provide labels: {"owner"}',
    policy:
      'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/shop/web was blocked due to the following policies disallow-host-path: host-path: \'HostPath volumes are forbidden\'',
    other: 'admission webhook "check.example.com" denied the request: not on a Friday',
  };
  const found = (said: string) => findings(podsRefused, refused(said))[0];
  it('names the constraint of Gatekeeper, or the policy of Kyverno, with its words in the fix', () => {
    expect(found(words.constraint)?.summary).toContain('constraint pods-must-have-owner denies them: you must provide');
    expect(found(words.constraint)?.fixes[0]?.text).toContain('constraint pods-must-have-owner accepts it');
    expect(found(words.constraint)?.fixes[1]?.command).toBe('kubectl --context test get constraints');
    expect(found(words.policy)?.summary).toContain('policy disallow-host-path denies them: HostPath volumes');
    expect(found(words.policy)?.because).toContainEqual({ kind: 'ClusterPolicy', name: 'disallow-host-path' });
  });
  it('repeats the words of a webhook that names no policy', () => {
    expect(found(words.other)?.summary).toContain('webhook check.example.com denies them: not on a Friday');
    expect(
      found(words.other)
        ?.fixes.map(({ text }) => text)
        .join('\n'),
    ).not.toContain('exempt namespace');
  });
});
