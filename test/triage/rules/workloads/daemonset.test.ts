import { expect, it } from 'vitest';
import { daemonPartly } from '../../../../src/triage/rules/workloads/daemonset.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const set = (updated = 3): Literal => ({
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'kube-system', uid: 'set', generation: 2 },
  spec: {},
  status: {
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    numberReady: 2,
    numberAvailable: 2,
    updatedNumberScheduled: updated,
  },
});
const onNode = (node: string, ready: boolean, minutes = 9): Literal => ({
  kind: 'Pod',
  metadata: {
    name: `agent-${node}`,
    namespace: 'kube-system',
    creationTimestamp: ago(minutes),
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'set', controller: true }],
  },
  spec: { nodeName: node, containers: [{ name: 'agent', image: 'a' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(minutes) }],
  },
});

it('a DaemonSet that is not ready on a node names the node, and what its rollout waits for', () => {
  const [found] = findings(daemonPartly, [set(1), onNode('node-1', true), onNode('node-2', false)]);
  expect(found?.summary).toBe(
    'not ready on 1 of 3 nodes (node-2); its rollout waits for them, 2 nodes have the old version',
  );
  expect(found?.since?.at).toBe(Date.parse(ago(9)));
  expect(found?.fixes.map(({ command }) => command)).toEqual([
    'kubectl --context test describe pod/agent-node-2 -n kube-system',
    'kubectl --context test rollout undo daemonset/agent -n kube-system',
  ]);
  expect(found?.because).toContainEqual({ kind: 'Node', name: 'node-2', rule: 'node/' });
});

it('says nothing of pods that are being replaced, or of one whose pods are well', () => {
  expect(findings(daemonPartly, [set(1), onNode('node-2', false, 1)])).toEqual([]);
  expect(findings(daemonPartly, [set(), onNode('node-1', true), onNode('node-2', true)])).toEqual([]);
});
