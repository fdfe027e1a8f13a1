import { expect, it } from 'vitest';
import { podRejected } from '../../../../src/triage/rules/pods/rejected.ts';
import { findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const failed = (reason: string, minutes = 5) =>
  pod('web-1', { minutes, status: { phase: 'Failed', reason, message: 'no healthy devices present' } });

it('finds pods that the kubelet rejects, and explains those that come after them', () => {
  const [found] = findings(podRejected, deployment([failed('UnexpectedAdmissionError')]));
  expect(found).toMatchObject({
    severity: 'high',
    object: { kind: 'Deployment', name: 'web' },
    summary: '1 pod was rejected by the kubelet (UnexpectedAdmissionError): no healthy devices present',
  });
  expect(found?.explains).toMatchObject([{ kind: 'Deployment', name: 'web', rule: 'pod/stuck-creating' }]);
});
it('only warns where the workload has its pods, and says nothing of shutdowns, evictions and what is long past', () => {
  const [owner, ...rest] = deployment([failed('NodeAffinity')]);
  const well = { ...owner, status: { readyReplicas: 1 } } as typeof owner & object;
  expect(findings(podRejected, [well, ...rest])).toMatchObject([{ severity: 'warn' }]);
  for (const reason of ['Terminated', 'NodeShutdown', 'Evicted', 'DeadlineExceeded'])
    expect(findings(podRejected, deployment([failed(reason)]))).toEqual([]);
  expect(findings(podRejected, deployment([failed('OutOfcpu', 90)]))).toEqual([]);
});
