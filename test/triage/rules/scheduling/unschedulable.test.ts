import { describe, expect, it } from 'vitest';
import { rejectionsIn } from '../../../../src/triage/rules/scheduling/scheduler-message.ts';
import { unschedulable } from '../../../../src/triage/rules/scheduling/unschedulable.ts';
import {
  schedulerGone,
  schedulingGated,
  unknownScheduler,
} from '../../../../src/triage/rules/scheduling/unscheduled.ts';
import type { Literal } from '../../../support/view.ts';
import { findings } from '../findings.ts';
import { deployment, pod, unplaced } from '../objects.ts';

const node = (name: string, labels: Record<string, string> = {}, spec: Record<string, unknown> = {}): Literal => ({
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec,
  status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' } },
});
const pending = (message: string, spec: Record<string, unknown> = {}, minutes = 9) =>
  pod('web-1', {
    minutes,
    spec: { nodeName: undefined, ...spec },
    status: unplaced(message, minutes),
    ready: false,
  });
const asking = (requests: Record<string, string>) => ({
  containers: [{ name: 'web', image: 'a', resources: { requests } }],
});
const one = (objects: Literal[]) => {
  const [found, ...others] = findings(unschedulable, objects);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    severity: 'high',
    object: { kind: 'Deployment', name: 'web' },
    since: { exact: true },
  });
  return found;
};

describe('pod/unschedulable', () => {
  it('names the label that nodes carry instead of the wanted one', () => {
    const message =
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
    const nodes = [node('node-1', { 'node-pool': 'general' }), node('node-2', { 'node-pool': 'general' })];
    const found = one([...deployment([pending(message, { nodeSelector: { 'node-pool': 'genral' } })]), ...nodes]);
    expect(found?.summary).toBe(
      '1 of 1 pods unschedulable: no node matches nodeSelector or affinity node-pool=genral; nodes have node-pool=general (2 nodes)',
    );
    expect(found?.fixes[0]?.text).toContain('node-pool=general, not node-pool=genral');
    expect(found?.evidence).toContain('node node-1: node-pool=general, genral required');
  });

  it('names a label key that is nearly the wanted one, in affinity too', () => {
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'nodePool', operator: 'In', values: ['gpu'] }] }],
        },
      },
    };
    const found = one([
      ...deployment([
        pending("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", { affinity }),
      ]),
      node('node-1', { 'node-pool': 'gpu' }),
    ]);
    expect(found?.summary).toContain('nodes have node-pool=gpu');
  });

  it('says how much is free and how much is lacking', () => {
    const other = pod('big', { labels: { app: 'big' }, spec: asking({ cpu: '3' }) });
    const found = one([
      ...deployment([pending('0/1 nodes are available: 1 Insufficient cpu. preemption: none', asking({ cpu: '2' }))]),
      other,
      node('node-1'),
    ]);
    expect(found?.summary).toContain('insufficient cpu: 2 requested, at most 1 free on a node (1 node)');
    expect(found?.cause).toContain('1 less than needed');
    expect(found?.evidence).toContain('node node-1: cpu: 2 requested, 1 free of 4');
  });

  it('sees through a slip of the unit', () => {
    const found = one([
      ...deployment([pending('0/1 nodes are available: 1 Insufficient cpu.', asking({ cpu: '500' }))]),
      node('node-1'),
    ]);
    expect(found?.cause).toContain('did you mean 500m?');
    const memory = one([
      ...deployment([pending('0/1 nodes are available: 1 Insufficient memory.', asking({ memory: '512Gi' }))]),
      node('node-1'),
    ]);
    expect(memory?.cause).toContain('did you mean 512Mi?');
  });

  it('says of a device that no node has any', () => {
    const found = one([
      ...deployment([
        pending('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.', asking({ 'nvidia.com/gpu': '1' })),
      ]),
      node('node-1'),
    ]);
    expect(found?.summary).toContain('insufficient nvidia.com/gpu: no node has any');
  });

  it('names taints, and the nodes that only a taint or a cordon keeps from taking the pod', () => {
    const message =
      '0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 1 node(s) were unschedulable. preemption: x';
    const tainted = node('node-1', {}, { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] });
    const off = node(
      'node-2',
      {},
      { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    );
    const found = one([...deployment([pending(message)]), tainted, off]);
    expect(found?.summary).toContain(
      'taint not tolerated: dedicated=gpu:NoSchedule (1 node); nodes are cordoned (1 node)',
    );
    expect(found?.because).toContainEqual({ kind: 'Node', name: 'node-2', rule: 'node/' });
    expect(found?.fixes.map(fix => fix.command)).toContain('kubectl --context test uncordon node-2');
  });

  it('does not let a tainted node explain a pod that would not fit there anyway', () => {
    const tainted = node('node-1', {}, { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] });
    const found = one([
      ...deployment([
        pending('0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.', asking({ cpu: '9' })),
      ]),
      tainted,
    ]);
    expect(found?.because.filter(cause => cause.kind === 'Node')).toEqual([]);
  });

  it('names a claim that is missing, and claims that are not bound', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'web-data' } }];
    const gone = one(
      deployment([
        pending('0/1 nodes are available: persistentvolumeclaim "web-data" not found. preemption: x', { volumes }),
      ]),
    );
    expect(gone?.summary).toContain('persistent volume claim web-data not found');
    const claim: Literal = {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'web-data', namespace: 'shop' },
      spec: {},
      status: { phase: 'Pending' },
    };
    const unbound = one([
      ...deployment([
        pending('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: x', {
          volumes,
        }),
      ]),
      claim,
    ]);
    expect(unbound?.summary).toContain('persistent volume claim web-data is not bound');
    expect(unbound?.because).toContainEqual({ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'web-data' });
  });

  it('names a topology key that no node has', () => {
    const spread = {
      topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
    };
    const found = one([
      ...deployment([
        pending(
          "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
          spread,
        ),
      ]),
      node('node-1'),
    ]);
    expect(found?.summary).toContain('no node has the label zone');
  });

  it('says nothing in the first two minutes', () => {
    expect(
      findings(unschedulable, deployment([pending('0/1 nodes are available: 1 Insufficient cpu.', {}, 1.5)])),
    ).toEqual([]);
  });
});

it('takes the words of the scheduler apart', () => {
  const message =
    "0/5 nodes are available: 1 Too many pods, 2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }, 2 node(s) didn't match pod anti-affinity rules. preemption: 0/5 nodes are available: 5 x.";
  expect(rejectionsIn(message)).toEqual([
    { nodes: 1, reason: 'Too many pods' },
    { nodes: 2, reason: 'node(s) had untolerated taint {node.kubernetes.io/not-ready: }' },
    { nodes: 2, reason: "node(s) didn't match pod anti-affinity rules" },
  ]);
  // As of Kubernetes 1.34.
  const newer =
    '0/3 nodes are available: 3 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
  expect(rejectionsIn(newer)).toEqual([{ nodes: 3, reason: 'Insufficient memory' }]);
  expect(rejectionsIn('no nodes available to schedule pods')).toEqual([
    { nodes: undefined, reason: 'no nodes available to schedule pods' },
  ]);
});

describe('pods that nobody tries to place', () => {
  const untried = (spec: Record<string, unknown>, minutes = 9) =>
    pod('web-1', {
      minutes,
      ready: false,
      spec: { nodeName: undefined, ...spec },
      status: { phase: 'Pending', conditions: [], containerStatuses: [] },
    });

  it('means that the scheduler is gone', () => {
    const [found, ...others] = findings(schedulerGone, deployment([untried({})]));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'critical', object: { kind: 'Lease', name: 'kube-scheduler' } });
    expect(findings(schedulerGone, deployment([untried({}, 1)]))).toEqual([]);
  });

  it('means a wrong schedulerName where another one is asked for', () => {
    const objects = deployment([untried({ schedulerName: 'defualt-scheduler' })]);
    expect(findings(schedulerGone, objects)).toEqual([]);
    expect(findings(unknownScheduler, objects)[0]?.summary).toContain(
      'no scheduler handles schedulerName defualt-scheduler; default-scheduler exists',
    );
  });

  it('means a gate where there is one, which a queue may hold on purpose', () => {
    const gated = (name: string) => {
      const made = untried({ schedulingGates: [{ name }] }, 30);
      (made.status as { conditions: object[] }).conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ];
      return deployment([made]);
    };
    expect(findings(schedulingGated, gated('acme.dev/warmup'))[0]).toMatchObject({ severity: 'high' });
    expect(findings(schedulingGated, gated('kueue.x-k8s.io/admission'))[0]).toMatchObject({ severity: 'warn' });
    expect(findings(unschedulable, gated('acme.dev/warmup'))).toEqual([]);
  });
});
