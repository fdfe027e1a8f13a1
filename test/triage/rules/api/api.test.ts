import { expect, test } from 'vitest';
import { clockSkew } from '../../../../src/triage/rules/api/clock-skew.ts';
import { apiReadyz } from '../../../../src/triage/rules/api/readyz.ts';
import { ago, findings } from '../findings.ts';

const PATH = '/readyz?verbose';

test('api/readyz names the check that failed, and says nothing when all pass', () => {
  expect(
    findings(apiReadyz, [], {
      paths: { [PATH]: '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed' },
    })[0],
  ).toMatchObject({
    severity: 'critical',
    summary: 'the API server is not ready: etcd failed',
    evidence: ['/readyz: [-]etcd failed: reason withheld'],
  });
  expect(findings(apiReadyz, [], { paths: { [PATH]: '[+]ping ok\n[+]etcd ok\nreadyz check passed' } })).toEqual([]);
  expect(findings(apiReadyz, [], { forbidden: [PATH] })).toEqual([]);
});

test('api/clock-skew: a Lease that is renewed in the future tells of a clock that runs ahead', () => {
  const lease = (minutes: number) => ({
    kind: 'Lease',
    metadata: { name: 'node-1', namespace: 'kube-node-lease' },
    spec: { renewTime: ago(minutes) },
  });
  expect(findings(clockSkew, [lease(-2)])[0]).toMatchObject({
    severity: 'warn',
    object: { kind: 'Node', name: 'node-1' },
    summary: 'the clock of the node is 120 s ahead of the API server',
  });
  expect(findings(clockSkew, [lease(0.1)])).toEqual([]);
});
