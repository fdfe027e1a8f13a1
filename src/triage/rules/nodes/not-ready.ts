import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { age } from '../../../text/duration.ts';
import { MANAGER_LEASE } from '../../facts/control-plane.ts';
import { type Condition, condition, conditions, created, quoted, sinceTime } from '../../facts/fields.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';

/** When the kubelet of a node last renewed its Lease, as text. */
function leaseText(view: ClusterView, name: string, now: number): string {
  const lease = view.get('Lease', 'kube-node-lease', name);
  const renewed = time(lease?.spec.renewTime);
  return renewed === undefined
    ? `Lease kube-node-lease/${name}: none`
    : `Lease kube-node-lease/${name}: renewed ${age(now - renewed)} ago`;
}

/** The pods on a node that have neither succeeded nor failed. */
export const podsOn = (view: ClusterView, name: string): ViewObject[] =>
  [...view.all('Pod')].filter(
    pod => text(pod.spec.nodeName) === name && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed',
  );

/** A node whose kubelet reports that it is not ready, or has not reported for too long. */
export const nodeNotReady: Rule = {
  id: 'node/not-ready',
  gate: 'G2',
  needs: ['Node'],
  wants: ['Lease', 'Pod'],
  about: {
    looksAt:
      'The condition Ready of every node, the message of its kubelet, and how long ago the kubelet renewed its Lease.',
    why: 'Pods on a node that is not ready are removed from the endpoints of their Services, and evicted after five minutes.',
    whatToDo: 'Look at the kubelet and the machine. Cordon the node while you repair it.',
  },
  *look({ view, now }) {
    const nodes = [...view.all('Node')];
    const bad = nodes.filter(node => condition(node, 'Ready')?.status !== 'True' && now - created(node) > 120_000);
    const isAll = bad.length === nodes.length;
    for (const node of bad) yield notReady({ view, now }, node, isAll ? nodes.length : 0);
  },
};

/** `all` is the number of nodes when none of them is ready. */
function notReady({ view, now }: Pick<RuleInput, 'view' | 'now'>, node: ViewObject, all: number): FindingDraft {
  const { name } = node.metadata;
  const ready = condition(node, 'Ready');
  const isSilent = ready === undefined || ready.status === 'Unknown';
  const isCni = !isSilent && isNetworkCause(node, ready);
  const pods = podsOn(view, name);
  // A cordoned and empty node is out of service on purpose. Pods that need it have their own findings.
  const isOut = node.spec.unschedulable === true && pods.every(isDaemonOrStatic) && all === 0;
  const what = isSilent
    ? 'its kubelet no longer reports'
    : isCni
      ? 'its network (CNI) is not ready'
      : ready.reason || 'no reason given';
  return {
    severity: all > 0 ? 'critical' : isOut ? 'warn' : 'high',
    object: node,
    summary: `${isOut ? 'cordoned and drained (out of service), and ' : ''}${all > 1 ? `all ${all} nodes are not ready; here ` : ''}node not ready: ${what}; ${counted(pods.length, 'pod')} on it`,
    since: sinceTime(ready?.since, created(node)),
    evidence: [
      ready ? quoted(ready) : 'status.conditions[Ready]: none',
      leaseText(view, name, now),
      ...conditions(node)
        .filter(one => one.type !== 'Ready' && one.status === 'True')
        .map(quoted),
      podText(pods),
    ],
    cause: isSilent
      ? 'The kubelet has stopped renewing its Lease: the machine is off, it cannot reach the API server, or the kubelet is not running.'
      : ready.message,
    fixes: [
      {
        text: 'Look at the conditions and events of the node, then at its kubelet (systemctl status kubelet, journalctl -u kubelet on the machine).',
        command: command(view, ['kubectl', 'describe', `node/${name}`]),
      },
      isCni && {
        text: 'Look at the network plugin on the node.',
        command: command(view, [
          'kubectl',
          'get',
          'pods',
          '-A',
          '--field-selector',
          `spec.nodeName=${name}`,
          '-o',
          'wide',
        ]),
      },
      isSilent && {
        text: 'If the machine is gone for good, delete the node, so that its pods are recreated on other nodes and its volumes are detached.',
        command: command(view, ['kubectl', 'delete', 'node', name]),
        safe: false,
      },
    ],
    because: [{ kind: 'Node', name, rule: 'chaos/' }, ...(isCni ? networkPlugins(view) : [])],
  };
}

/** Whether it is a DaemonSet pod or a static pod. */
const isDaemonOrStatic = ({ metadata }: ViewObject): boolean =>
  metadata.ownerReferences.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node');

const isNetworkCause = (node: ViewObject, ready: Condition): boolean =>
  /cni|network plugin|NetworkPluginNotReady|NetworkReady=false/i.test(ready.message) ||
  condition(node, 'NetworkUnavailable')?.status === 'True';

const networkPlugins = (view: ClusterView): Cause[] =>
  view
    .inNamespace('DaemonSet', 'kube-system')
    .map(one => ({ kind: 'DaemonSet', namespace: 'kube-system', name: one.metadata.name }));

function podText(pods: readonly ViewObject[]): string {
  if (pods.length === 0) return '';
  const names = pods.slice(0, 8).map(pod => `${pod.metadata.namespace}/${pod.metadata.name}`);
  return `pods on it: ${names.join(', ')}${pods.length > 8 ? ` and ${pods.length - 8} more` : ''}`;
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
const MEANS = {
  MemoryPressure: 'memory pressure',
  DiskPressure: 'disk pressure',
  PIDPressure: 'too many processes (PID pressure)',
};

/** A node that runs out of memory, disk or process IDs, or that has no network. */
export const nodePressure: Rule = {
  id: 'node/pressure',
  gate: 'G2',
  needs: ['Node'],
  wants: ['Pod', 'Event'],
  about: {
    looksAt: 'The conditions MemoryPressure, DiskPressure, PIDPressure and NetworkUnavailable of every node.',
    why: 'Under pressure the kubelet evicts pods, and the scheduler places no new pods on the node.',
    whatToDo:
      'Free the resource that is short: remove unused images and logs from the disk, set limits on pods, or move pods to other nodes.',
  },
  *look({ view }) {
    for (const node of view.all('Node')) {
      const { name } = node.metadata;
      for (const found of conditions(node)) {
        const isPressure = (PRESSURES as readonly string[]).includes(found.type);
        if (found.status !== 'True' || !(isPressure || found.type === 'NetworkUnavailable')) continue;
        const what = isPressure ? MEANS[found.type as (typeof PRESSURES)[number]] : 'network unavailable';
        const evicted = [...view.all('Pod')].filter(
          pod => pod.status.reason === 'Evicted' && text(pod.spec.nodeName) === name,
        );
        yield {
          severity: 'high',
          object: node,
          summary: `${what}${evicted.length > 0 ? `: ${counted(evicted.length, 'pod')} evicted` : ''}`,
          since: sinceTime(found.since, created(node)),
          evidence: [
            quoted(found),
            ...evicted
              .slice(0, 5)
              .map(pod => `pod ${pod.metadata.namespace}/${pod.metadata.name}: Evicted "${text(pod.status.message)}"`),
          ],
          cause: found.message || `The node reports ${what}.`,
          fixes: [
            {
              text: isPressure
                ? 'See what uses up the resource: pods without limits, unused images, logs on the disk.'
                : 'Look at the network plugin or the cloud route controller of the node.',
              command: command(view, ['kubectl', 'describe', `node/${name}`]),
            },
            {
              text: 'Cordon the node meanwhile, so that it gets no new pods.',
              command: command(view, ['kubectl', 'cordon', name]),
            },
          ],
          because: [
            { kind: 'Node', name, rule: 'chaos/' },
            { kind: 'Node', name, rule: 'node/not-ready' },
          ],
        };
      }
    }
  },
};

/** A node that is still Ready although its kubelet does not renew its Lease, because the node controller does not run. */
export const leaseStale: Rule = {
  id: 'node/lease-stale',
  gate: 'G2',
  needs: ['Node', 'Lease'],
  about: {
    looksAt: 'Nodes with Ready True whose Lease in kube-node-lease has not been renewed for two minutes.',
    why: 'The node controller of kube-controller-manager should have marked such a node Unknown after 40 seconds: the kubelet and that controller may both have stopped.',
    whatToDo: 'Look at the kubelet of the node and at kube-controller-manager.',
  },
  *look({ view, now }) {
    for (const node of view.all('Node')) {
      const renewed = time(view.get('Lease', 'kube-node-lease', node.metadata.name)?.spec.renewTime);
      if (condition(node, 'Ready')?.status !== 'True' || renewed === undefined || now - renewed < 120_000) continue;
      yield {
        severity: 'high',
        object: node,
        summary: `the node counts as ready, but its kubelet has not renewed its Lease for ${age(now - renewed)}`,
        since: { at: renewed, exact: true },
        evidence: [leaseText(view, node.metadata.name, now), 'status.conditions[Ready]: True'],
        cause: 'The kubelet does not renew its Lease, and the node controller has not marked the node as not ready.',
        fixes: [
          {
            text: 'Look at the kubelet of the node, then at kube-controller-manager.',
            command: command(view, ['kubectl', 'describe', `node/${node.metadata.name}`]),
          },
        ],
        because: [MANAGER_LEASE],
      };
    }
  },
};

/** Kubelets that are too old for the API server. */
export const versionSkew: Rule = {
  id: 'node/version-skew',
  gate: 'G2',
  needs: ['Node'],
  about: {
    looksAt: 'The kubelet versions of all nodes, compared with each other.',
    why: 'A kubelet may be at most three minor versions older than the API server, and the API server is at least as new as the newest kubelet.',
    whatToDo: 'Upgrade the kubelets that are too old.',
  },
  *look({ view }) {
    const minor = (node: ViewObject) =>
      Number(
        /^v1\.(\d+)/.exec(
          text((node.status.nodeInfo as { kubeletVersion?: string } | undefined)?.kubeletVersion),
        )?.[1] ?? Number.NaN,
      );
    const nodes = [...view.all('Node')].filter(node => Number.isFinite(minor(node)));
    const newest = Math.max(...nodes.map(minor));
    for (const node of nodes)
      if (newest - minor(node) > 3)
        yield {
          severity: 'warn',
          object: node,
          summary: `its kubelet is ${newest - minor(node)} minor versions older than the newest in the cluster`,
          evidence: [`status.nodeInfo.kubeletVersion: v1.${minor(node)}; the newest is v1.${newest}`],
          fixes: [{ text: 'Upgrade the kubelet of the node.' }],
        };
  },
};
