import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { isolates } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { podsOf, selects } from './endpoints.ts';
import { serviceUsers } from './users.ts';

/** Network policies that block all traffic to pods that others need. */
export const networkIsolated: Rule = {
  id: 'network/isolated',
  gate: 'G9',
  needs: ['NetworkPolicy', 'Pod', 'Service'],
  wants: [
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'APIService',
    'Ingress',
    'CustomResourceDefinition',
  ],
  about: {
    looksAt:
      'Pods behind Services, and the NetworkPolicies that select them: whether all of these together allow any traffic in. It is a failure if a webhook, an APIService, an Ingress or DNS needs the Service, or if a log shows that it does not answer.',
    why: 'Pods that a policy isolates stay ready, since the probes of the kubelet come from their own node; but every connection from elsewhere hangs until it times out.',
    whatToDo: 'Add a policy that allows the traffic, or delete the isolating one.',
  },
  *look({ view, now }) {
    if (view.count('NetworkPolicy') === 0) return;
    for (const [policy, { users, isNeeded }] of blockingPolicies(view))
      yield {
        // For Services that nothing is known to call, it is a failure only if a log shows a timeout.
        severity: isNeeded ? 'high' : 'warn',
        object: policy,
        summary: `the network policy blocks all traffic to the pods behind ${users.slice(0, 3).join(', ')}`,
        since: { at: created(policy) || now, exact: false },
        evidence: [
          `spec.podSelector: ${JSON.stringify(policy.spec.podSelector ?? {})}`,
          `spec.ingress: ${list(policy.spec.ingress).length === 0 ? 'none' : counted(list(policy.spec.ingress).length, 'rule')}`,
          `unreachable: ${users.join(', ')}`,
        ],
        cause: 'The pods are selected by this policy, and no policy allows any ingress to them.',
        fixes: [
          {
            text: `Allow the traffic: add an ingress rule for the port.${undoneBy(view, policy)}`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(policy))]),
          },
          {
            text: 'Or delete the policy, if it was not meant for these pods. Save it first.',
            command: command(view, ['kubectl', 'get', ...named(refOf(policy)), '-o', 'yaml']),
          },
        ],
        because: [causeOf(refOf(policy), 'chaos/')],
      };
  },
};

interface BlockedServices {
  users: string[];
  /** Whether something in the cluster is known to call a Service behind the policy. */
  isNeeded: boolean;
}

/** Policies that make Services unreachable, with what needs those Services. */
function blockingPolicies(view: ClusterView): Map<ViewObject, BlockedServices> {
  const users = serviceUsers(view);
  const closed = new Map<ViewObject, BlockedServices>();
  for (const service of view.all('Service')) {
    const { namespace = '', name } = service.metadata;
    if (view.inNamespace('NetworkPolicy', namespace).length === 0 || !selects(service)) continue;
    const of = users.get(`${namespace}/${name}`) ?? [];
    for (const policy of policiesBlocking(view, service)) {
      const known = closed.get(policy) ?? { users: [], isNeeded: false };
      known.users.push(...of.map(user => `${user} (Service ${namespace}/${name})`));
      if (of.length === 0) known.users.push(`Service ${namespace}/${name}`);
      known.isNeeded ||= of.length > 0;
      closed.set(policy, known);
    }
  }
  return closed;
}

/** The policies that block all ingress to a pod of the Service. */
function policiesBlocking(view: ClusterView, service: ViewObject): ViewObject[] {
  const policies = view.inNamespace('NetworkPolicy', service.metadata.namespace ?? '');
  for (const pod of podsOf(view, service).slice(0, 20)) {
    const selecting = policies.filter(policy => isolates(policy, pod));
    if (selecting.length > 0 && selecting.every(policy => list(policy.spec.ingress).length === 0)) return selecting;
  }
  return [];
}
