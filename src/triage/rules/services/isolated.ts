import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list } from '../../../k8s/fields.ts';
import { isolates } from '../../behind-service.ts';
import { finding, refOf } from '../../build.ts';
import { undoneBy } from '../../claims.ts';
import { created } from '../../fields.ts';
import type { Rule } from '../../rule.ts';
import { command, named } from '../../shell.ts';
import { causeOf } from '../pods/owner.ts';
import { podsOf, selects } from './endpoints.ts';
import { serviceUsers } from './users.ts';

/** Network policies that let nobody reach pods which something outside of them needs. */
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
      'Pods behind Services that webhooks, API services, Ingresses or DNS need, and the NetworkPolicies that select them: whether all of these together allow any traffic in.',
    why: 'Pods that a policy isolates stay ready, as the probes of the kubelet come from their own node; yet every call from elsewhere hangs until its timeout.',
    whatToDo: 'Add a policy that allows the traffic, or take the isolating one away.',
  },
  *look({ view, now }) {
    const needed = new Map<ViewObject, string[]>();
    if (view.count('NetworkPolicy') === 0) return;
    for (const [key, users] of serviceUsers(view)) {
      const [namespace = '', name = ''] = key.split('/');
      const service = view.get('Service', namespace, name);
      if (service === undefined || !selects(service)) continue;
      for (const policy of closing(view, service))
        needed.set(policy, [...(needed.get(policy) ?? []), ...users.map(user => `${user} (Service ${key})`)]);
    }
    for (const [policy, users] of needed)
      yield finding({
        rule: 'network/isolated',
        severity: 'high',
        object: policy,
        summary: `the network policy lets nobody reach the pods behind ${users.slice(0, 3).join(', ')}`,
        since: { at: created(policy) || now, exact: false },
        evidence: [
          `spec.podSelector: ${JSON.stringify(policy.spec.podSelector ?? {})}`,
          `spec.ingress: ${list(policy.spec.ingress).length === 0 ? 'none' : `${list(policy.spec.ingress).length} rules`}`,
          `needed by: ${users.join(', ')}`,
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
      });
  },
};

/** The policies that isolate a pod of the Service, where none of those that select it lets anybody in. */
function closing(view: ClusterView, service: ViewObject): ViewObject[] {
  const policies = view.inNamespace('NetworkPolicy', service.metadata.namespace ?? '');
  for (const pod of podsOf(view, service).slice(0, 20)) {
    const selecting = policies.filter(policy => isolates(policy, pod));
    if (selecting.length > 0 && selecting.every(policy => list(policy.spec.ingress).length === 0)) return selecting;
  }
  return [];
}
