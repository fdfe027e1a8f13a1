import { describe, expect, it } from 'vitest';
import { refusedIn } from '../../../../src/triage/rules/rbac/forbidden-requests.ts';
import { rbacRevoked } from '../../../../src/triage/rules/rbac/revoked.ts';
import type { Literal } from '../../../support/view.ts';
import { findings, wordsOf } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const REFUSED =
  'E1128 reflector.go:200] "Failed to watch" err="failed to list *v1.Queue: queues.acme.dev is forbidden: User \\"system:serviceaccount:shop:queue-operator\\" cannot list resource \\"queues\\" in API group \\"acme.dev\\" at the cluster scope"';
const LOGS = { 'shop/queue-operator-1/web': ['starting', REFUSED] };
const SUBJECT = { kind: 'ServiceAccount', name: 'queue-operator', namespace: 'shop' };
const RULES = [{ apiGroups: ['acme.dev'], resources: ['queues'], verbs: ['get', 'list'] }];

const binding = (subjects: object[], role = 'queue-role', name = 'queue-operator-binding'): Literal => ({
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects,
});
const role = (rules: object[]): Literal => ({ kind: 'ClusterRole', metadata: { name: 'queue-role' }, rules });
const operator = () => [
  ...deployment([pod('queue-operator-1', { spec: { serviceAccountName: 'queue-operator' } })], {}, 'queue-operator'),
  { kind: 'ServiceAccount', metadata: { name: 'queue-operator', namespace: 'shop' } },
];

describe('rbac/revoked', () => {
  it('says nothing where the account has what its binding promises', () => {
    expect(findings(rbacRevoked, [...operator(), binding([SUBJECT]), role(RULES)], { logs: LOGS })).toEqual([]);
  });

  it('accuses the binding whose subjects were taken out, once a log shows what is refused, and gives them back', () => {
    const cluster = [...operator(), binding([]), role(RULES)];
    const [found] = findings(rbacRevoked, cluster, { logs: LOGS });
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'ClusterRoleBinding' } });
    expect(found?.summary).toContain('the binding has no subjects');
    expect(found?.fixes[0]?.command).toBe(
      `kubectl --context test patch clusterrolebinding/queue-operator-binding --type=merge -p '{"subjects":[${JSON.stringify(SUBJECT)}]}'`,
    );
    const unproven = findings(rbacRevoked, cluster, { logs: { 'shop/queue-operator-1/web': ['starting'] } });
    expect(unproven).toMatchObject([{ severity: 'warn' }]);
  });

  it('accuses a binding whose role is gone, and a role that was emptied, without any log', () => {
    const [gone] = findings(rbacRevoked, [...operator(), binding([SUBJECT])]);
    expect(gone).toMatchObject({ object: { kind: 'ClusterRoleBinding' } });
    expect(gone?.summary).toContain('a role that does not exist');
    const [empty] = findings(rbacRevoked, [...operator(), binding([SUBJECT]), role([])]);
    expect(empty).toMatchObject({ object: { kind: 'ClusterRole', name: 'queue-role' } });
    expect(empty?.summary).toContain('grants nothing');
  });

  it('accuses a binding that names the account in another namespace or misspelt', () => {
    for (const wrong of [
      { ...SUBJECT, namespace: 'default' },
      { ...SUBJECT, name: 'queue-operater' },
    ]) {
      const [found] = findings(rbacRevoked, [...operator(), binding([wrong]), role(RULES)], { logs: LOGS });
      expect(found?.summary).toContain('names a service account that does not exist');
    }
  });

  it('accuses the controller where nothing is bound to it any more', () => {
    const [found] = findings(rbacRevoked, operator(), { logs: LOGS });
    expect(found).toMatchObject({ object: { kind: 'Deployment', name: 'queue-operator' } });
    expect(found?.summary).toContain('forbidden to list queues');
    expect(found && wordsOf(found)).toContain('queues.acme.dev is forbidden');
  });

  it('leaves alone what Kubernetes ships without subjects, and roles whose rules others fill', () => {
    const shipped = { ...binding([], 'system:node', 'system:node'), metadata: { name: 'system:node' } };
    const filled = { ...role([]), aggregationRule: { clusterRoleSelectors: [] } };
    expect(findings(rbacRevoked, [...operator(), shipped, binding([SUBJECT]), filled], { logs: LOGS })).toEqual([]);
  });
});

it('refusals are read out of quoted and of plain log lines, each once', () => {
  const plain =
    'pods is forbidden: User "system:serviceaccount:a:b" cannot watch resource "pods" in API group "" in the namespace "x"';
  expect(refusedIn([plain, plain, REFUSED, 'all is well'])).toMatchObject([
    { namespace: 'a', account: 'b', verb: 'watch', resource: 'pods', group: '' },
    { account: 'queue-operator', verb: 'list', resource: 'queues', group: 'acme.dev' },
  ]);
});
