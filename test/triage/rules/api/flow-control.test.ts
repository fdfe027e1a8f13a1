import { expect, it } from 'vitest';
import { flowControl } from '../../../../src/triage/rules/api/flow-control.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const schema = (level: string, dangling = 'False'): Literal => ({
  kind: 'FlowSchema',
  metadata: { name: 'operators', creationTimestamp: ago(60) },
  spec: {
    matchingPrecedence: 500,
    priorityLevelConfiguration: { name: level },
    rules: [{ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: 'web', namespace: 'shop' } }] }],
  },
  status: { conditions: [{ type: 'Dangling', status: dangling, reason: 'NotFound', lastTransitionTime: ago(50) }] },
});
const level = (name: string, shares: number, annotations: Record<string, string> = {}): Literal => ({
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations },
  spec: { type: 'Limited', limited: { nominalConcurrencyShares: shares, limitResponse: { type: 'Reject' } } },
});

it('names the priority level that a dangling flow schema probably means', () => {
  const [found] = findings(flowControl, [schema('workload-hihg', 'True'), level('workload-high', 40)]);
  expect(found).toMatchObject({ severity: 'warn', object: { kind: 'FlowSchema', name: 'operators' } });
  expect(found?.fixes[0]?.command).toBe(
    `kubectl --context test patch flowschema/operators --type=merge -p '{"spec":{"priorityLevelConfiguration":{"name":"workload-high"}}}'`,
  );
});
it('finds a priority level without seats, which explains what its accounts run into', () => {
  const pods = deployment([pod('web-1', { spec: { serviceAccountName: 'web' } })]);
  const [found] = findings(flowControl, [schema('crumbs'), level('crumbs', 0), ...pods]);
  expect(found?.summary).toContain('Too Many Requests');
  expect(found?.explains).toContainEqual({
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    rule: 'pod/crash-loop',
  });
});
it('says nothing of levels with seats and of those that the API server ships', () => {
  expect(findings(flowControl, [schema('workload-high'), level('workload-high', 40)])).toEqual([]);
  const shipped = level('exempt', 0, { 'apf.kubernetes.io/autoupdate-spec': 'true' });
  expect(findings(flowControl, [schema('exempt'), shipped])).toEqual([]);
});
