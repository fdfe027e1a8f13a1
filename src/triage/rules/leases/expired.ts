import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { number, text, time } from '../../../k8s/fields.ts';
import { age } from '../../../text/duration.ts';
import { condition } from '../../facts/fields.ts';
import { type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { type Top, topOf } from '../pods/owner.ts';
import { accountsInUse, brokenFor } from '../rbac/accounts.ts';

/** Leases of nodes have their own rule. Identity Leases are left out, because an API server leaves one behind at every restart. */
const NODE_LEASES = 'kube-node-lease';
const IDENTITY = 'apiserver.kubernetes.io/identity';
/** How long after its duration a Lease may still be renewed: clocks differ, and a busy holder renews late. */
const GRACE_MS = 15_000;
/** Components whose pods are often not visible, for example on managed clusters. */
const CONTROL_PLANE = new Set(['kube-scheduler', 'kube-controller-manager', 'cloud-controller-manager']);
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

interface Expired {
  lease: ViewObject;
  holder: string;
  renewed: number;
}

function* expiredLeases({ view, now }: Pick<RuleInput, 'view' | 'now'>): Iterable<Expired> {
  for (const lease of view.all('Lease')) {
    if (lease.metadata.namespace === NODE_LEASES || lease.metadata.labels[IDENTITY] !== undefined) continue;
    const holder = text(lease.spec.holderIdentity);
    const renewed = time(lease.spec.renewTime);
    const duration = number(lease.spec.leaseDurationSeconds, 15) * 1000;
    // A leader that steps down clears the holder.
    if (holder === '' || renewed === undefined || now - renewed < duration + GRACE_MS) continue;
    yield { lease, holder, renewed };
  }
}

/** The name of the pod in the identity of a holder: `POD_uuid`, `POD/uuid`, or only the name of the pod. */
const podNameIn = (holder: string): string => holder.split(/[_/]/)[0] ?? '';

/** The workload of a holder: the owner of its pod or, if the pod is gone, the workload whose name the name of the pod begins with. */
function workloadOf(
  view: ClusterView,
  namespace: string,
  pod: ViewObject | undefined,
  holder: string,
): Top | undefined {
  if (pod) return topOf(view, pod);
  const name = podNameIn(holder);
  const candidates = WORKLOADS.flatMap(kind => view.inNamespace(kind, namespace)).filter(one =>
    name.startsWith(`${one.metadata.name}-`),
  );
  const [best] = candidates.sort((a, b) => b.metadata.name.length - a.metadata.name.length);
  return best && topOf(view, best);
}

/** Whether it is supposed to run: a workload at zero replicas needs no leader. */
const isWanted = ({ object }: Top): boolean => object === undefined || number(object.spec.replicas, 1) > 0;

/** A leader that no longer renews its Lease: it hangs, cannot reach the API server, or has exited without a successor. */
export const leaseExpired: Rule = {
  id: 'lease/expired',
  gate: 'G7',
  needs: ['Lease'],
  wants: ['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'ClusterRoleBinding', 'RoleBinding'],
  about: {
    looksAt: 'Leases that controllers use for leader election: who holds them, and when they were last renewed.',
    why: 'A controller whose leader is gone or hangs reconciles nothing, although its pods may look healthy.',
    whatToDo:
      'Find out from the log of the holder why it cannot renew the Lease (permissions, network, a hang), then restart the controller.',
  },
  *look({ view, now }) {
    for (const { lease, holder, renewed } of expiredLeases({ view, now })) {
      const { namespace = '', name } = lease.metadata;
      const pod = view.get('Pod', namespace, podNameIn(holder));
      const top = workloadOf(view, namespace, pod, holder);
      const isSystem = CONTROL_PLANE.has(name);
      // The Lease belongs to a workload that was removed or is scaled to zero.
      if (!isSystem && (top === undefined || !isWanted(top))) continue;
      const until = `${age(now - renewed)} ago`;
      const what = pod
        ? `leader ${pod.metadata.name} still holds the lease but no longer renews it`
        : `the leader that holds the lease is gone (${podNameIn(holder)}) and no other replica took over`;
      yield {
        severity: 'high',
        object: lease,
        summary: `no leader: the lease expired, last renewed ${until}; ${what}`,
        since: { at: renewed, exact: true },
        evidence: [
          `spec.holderIdentity: ${holder}`,
          `spec.renewTime: ${text(lease.spec.renewTime)}, leaseDurationSeconds ${number(lease.spec.leaseDurationSeconds, 15)}`,
          pod
            ? `pod ${pod.metadata.name}: ${text(pod.status.phase)}, Ready ${condition(pod, 'Ready')?.status ?? 'unknown'}`
            : `pod ${podNameIn(holder)}: not found in namespace ${namespace}`,
          top && `workload: ${top.ref.kind} ${top.ref.name}`,
        ],
        cause: pod
          ? `The holder runs but does not renew the lease: it hangs, lacks permission to update leases, or cannot reach the API server.`
          : `The holder ended without releasing the lease, and no other replica acquired it.`,
        fixes: [...fixes(view, lease, top)],
        because: [...causes(view, namespace, pod, top)],
      };
    }
  },
};

function* fixes(view: ClusterView, lease: ViewObject, top: Top | undefined): Iterable<FixDraft> {
  if (top && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(top.ref.kind))
    yield {
      text: `Restart ${top.ref.kind} ${top.ref.name}: a new pod acquires the lease as leader.`,
      command: command(view, ['kubectl', 'rollout', 'restart', ...named(top.ref)]),
    };
  if (top)
    yield {
      text: 'Find out from the log of the controller why it cannot renew the lease.',
      command: command(view, ['kubectl', 'logs', ...named(top.ref), '--tail=100']),
    };
  yield {
    text: 'If the holder is gone for good, delete the lease: the next leader creates it again.',
    command: command(view, ['kubectl', 'delete', ...named(refOf(lease))]),
    safe: false,
  };
}

function* causes(
  view: ClusterView,
  namespace: string,
  pod: ViewObject | undefined,
  top: Top | undefined,
): Iterable<Cause> {
  if (top) {
    // Other findings about the controller explain why it has no leader.
    yield causeOf(top.ref);
    for (const one of view.inNamespace('Pod', namespace))
      if (topOf(view, one).ref.name === top.ref.name)
        yield causeOf({ kind: 'Pod', namespace, name: one.metadata.name });
  }
  const node = text(pod?.spec.nodeName);
  if (node) yield causeOf({ kind: 'Node', name: node }, 'node/');
  const account = accountsInUse(view).find(
    one => one.namespace === namespace && one.top.ref.name === top?.ref.name && one.top.ref.kind === top.ref.kind,
  );
  for (const { object } of account ? brokenFor(view, account) : [])
    yield causeOf({ ...object.metadata, kind: object.kind }, 'rbac/');
  for (const policy of view.inNamespace('NetworkPolicy', namespace))
    yield causeOf({ kind: 'NetworkPolicy', namespace, name: policy.metadata.name });
}
