import { expect, it } from 'vitest';
import { podsPreempted } from '../../../../src/triage/rules/scheduling/preempted.ts';
import type { Literal } from '../../../support/view.ts';
import { findings } from '../findings.ts';
import { deployment, pod, unplaced } from '../objects.ts';

const node: Literal = {
  kind: 'Node',
  metadata: { name: 'node-1' },
  status: { allocatable: { cpu: '8', pods: '100' } },
};
const asking = (cpu: string) => [{ name: 'web', image: 'x:1', resources: { requests: { cpu } } }];
const waiting = deployment([
  pod('web-1', {
    ready: false,
    spec: { nodeName: undefined, containers: asking('4'), priority: 0 },
    status: unplaced('0/1 nodes are available: 1 Insufficient cpu.', 20),
  }),
]);
const crunch = (priority: number, minutes = 30, cpu = '6'): Literal => ({
  ...pod('crunch-1', { minutes, spec: { containers: asking(cpu), priority, priorityClassName: 'urgent' } }),
});

it('finds the workload of a higher priority that took the room, and explains the pods that wait with it', () => {
  const [found] = findings(podsPreempted, [node, ...waiting, crunch(1000)]);
  expect(found).toMatchObject({ severity: 'warn', object: { kind: 'Pod', name: 'crunch-1' } });
  expect(found?.summary).toContain('priority class urgent');
  expect(found?.explains).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'web', rule: 'pod/unschedulable' }]);
});
it('says nothing of equals, of system priorities, of what was there before, and where room would be short without it', () => {
  expect(findings(podsPreempted, [node, ...waiting, crunch(0)])).toEqual([]);
  expect(findings(podsPreempted, [node, ...waiting, crunch(2_000_001_000)])).toEqual([]);
  expect(findings(podsPreempted, [node, ...waiting, crunch(1000, 900)])).toEqual([]);
  const other = pod('other-1', { minutes: 700, spec: { containers: asking('7'), priority: 0 } });
  expect(findings(podsPreempted, [node, ...waiting, crunch(1000, 30, '1'), other])).toEqual([]);
});
