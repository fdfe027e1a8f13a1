import { expect, it } from 'vitest';
import { roleLacks } from '../../../../src/triage/rules/rbac/lacking.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const lease: Literal = {
  kind: 'Lease',
  metadata: { name: 'leader', namespace: 'shop' },
  spec: { holderIdentity: 'web-1_5f0c', renewTime: ago(0) },
};
const account: Literal = { kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'shop' } };
const role = (resources: string[]): Literal => ({
  kind: 'ClusterRole',
  metadata: { name: 'web-role' },
  rules: [{ apiGroups: ['example.com'], resources, verbs: ['get', 'list', 'watch'] }],
});
const binding: Literal = {
  kind: 'ClusterRoleBinding',
  metadata: { name: 'web-rolebinding' },
  roleRef: { kind: 'ClusterRole', name: 'web-role' },
  subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
};
const line =
  'failed to list *v1.Widget: widgets.example.com is forbidden: User \\"system:serviceaccount:shop:web\\" cannot list resource \\"widgets\\" in API group \\"example.com\\" at the cluster scope';
const pods = (container: object = {}) =>
  deployment([
    pod('web-1', {
      spec: { serviceAccountName: 'web' },
      ...(Object.keys(container).length > 0 && { containers: { web: container as Record<string, unknown> } }),
    }),
  ]);
const found = (role: Literal, objects: Literal[]) =>
  findings(roleLacks, [account, role, binding, ...objects], { logs: { 'shop/web-1/web': [line] } });

it('adds to the role what the log of a leader says is forbidden', () => {
  const [lacks] = found(role(['gadgets']), [lease, ...pods()]);
  expect(lacks).toMatchObject({ severity: 'high', object: { kind: 'ClusterRole', name: 'web-role' } });
  expect(lacks?.summary).toContain('list widgets.example.com');
  expect(lacks?.fixes[0]?.command).toBe(
    `kubectl --context test patch clusterrole/web-role --type=json -p '[{"op":"add","path":"/rules/-","value":{"apiGroups":["example.com"],"resources":["widgets"],"verbs":["get","list","watch"]}}]'`,
  );
});
it('says nothing of a refusal that the roles of now permit, and reads no log of who is no leader', () => {
  expect(found(role(['widgets']), [lease, ...pods()])).toEqual([]);
  expect(found(role(['gadgets']), pods())).toEqual([]);
});
