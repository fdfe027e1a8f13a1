import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { matchesSelector } from '../../../health/view/selector.ts';
import { type Fields, fields, list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { isUnready } from '../pods/unready-pods.ts';

const DNS = { namespace: 'kube-system', name: 'kube-dns' };
const DNS_PORT = 53;

/** Network policies that block pods from the DNS of the cluster. */
export const dnsEgress: Rule = {
  id: 'network/dns-egress',
  gate: 'G9',
  needs: ['NetworkPolicy', 'Pod'],
  wants: ['Service', 'Namespace'],
  about: {
    looksAt:
      'Pods that NetworkPolicies with policyTypes Egress select, and whether any of these policies allows them to reach port 53 of the cluster DNS.',
    why: 'Pods without DNS cannot resolve names: their connections fail with "no such host" or "i/o timeout" although the servers that they want to reach are healthy.',
    whatToDo: 'Allow egress to port 53, UDP and TCP, of kube-dns in kube-system.',
  },
  *look({ view, now }) {
    const service = view.get('Service', DNS.namespace, DNS.name);
    if (service === undefined || view.count('NetworkPolicy') === 0) return;
    for (const [policy, pods] of podsWithoutDns(view, service)) {
      const unready = pods.filter(isUnready);
      yield {
        // Healthy pods may not need DNS.
        severity: unready.length > 0 ? 'high' : 'warn',
        object: policy,
        summary: `the network policy blocks egress to DNS (port 53) for ${counted(pods.length, 'pod')}${unready.length > 0 ? `, ${unready.length} of them not ready` : ''}`,
        since: { at: created(policy) || now, exact: false },
        evidence: [
          `spec.podSelector: ${JSON.stringify(policy.spec.podSelector ?? {})}`,
          `spec.egress: ${JSON.stringify(policy.spec.egress ?? []).slice(0, 300)}`,
          `pods: ${pods
            .slice(0, 3)
            .map(({ metadata }) => metadata.name)
            .join(', ')}`,
        ],
        cause:
          'The pods are isolated for egress, and no policy that selects them allows port 53 of kube-dns: they cannot resolve names.',
        fixes: [
          {
            text: `Allow egress to DNS: ports 53 UDP and TCP, to namespace kube-system.${undoneBy(view, policy)}`,
            command: command(view, [
              'kubectl',
              'patch',
              ...named(refOf(policy)),
              '--type=json',
              '-p',
              JSON.stringify(allowDnsPatch(policy)),
            ]),
          },
        ],
        because: [causeOf(refOf(policy), 'chaos/')],
      };
    }
  },
};

/** The policies that isolate pods from DNS, each with those pods. */
function podsWithoutDns(view: ClusterView, service: ViewObject): Map<ViewObject, ViewObject[]> {
  const closed = new Map<ViewObject, ViewObject[]>();
  for (const pod of view.all('Pod')) {
    if (pod.spec.hostNetwork === true || pod.metadata.namespace === DNS.namespace) continue;
    const policies = view
      .inNamespace('NetworkPolicy', pod.metadata.namespace ?? '')
      .filter(one => restrictsEgress(one, pod));
    const isOpen = policies.some(one => list(one.spec.egress).some(rule => allowsDns(view, service, rule)));
    if (!isOpen) for (const policy of policies) closed.set(policy, [...(closed.get(policy) ?? []), pod]);
  }
  return closed;
}

/** Whether a policy restricts the egress of a pod. Without policyTypes it does when it has egress rules. */
const restrictsEgress = ({ spec }: ViewObject, pod: ViewObject): boolean =>
  (Array.isArray(spec.policyTypes) ? spec.policyTypes.includes('Egress') : Array.isArray(spec.egress)) &&
  matchesSelector(fields(spec.podSelector), pod.metadata.labels);

/** Whether an egress rule may allow a pod to reach DNS. If that cannot be told, as for an address range, it counts as allowed. */
function allowsDns(view: ClusterView, service: ViewObject, rule: Fields): boolean {
  const ports = list(rule.ports);
  const isPort = ports.length === 0 || ports.some(one => includesDnsPort(one));
  const peers = list(rule.to);
  return isPort && (peers.length === 0 || peers.some(peer => isDnsPeer(view, service, peer)));
}

function includesDnsPort({ port, endPort, protocol }: Fields): boolean {
  if (text(protocol) === 'SCTP') return false;
  if (typeof port !== 'number') return true;
  return port === DNS_PORT || (typeof endPort === 'number' && port <= DNS_PORT && endPort >= DNS_PORT);
}

function isDnsPeer(view: ClusterView, service: ViewObject, peer: Fields): boolean {
  if (peer.ipBlock !== undefined) return true;
  // A peer without a namespaceSelector is in the policy's own namespace, where DNS does not run.
  if (peer.namespaceSelector === undefined) return false;
  const namespace = view.get('Namespace', undefined, DNS.namespace);
  const labels = { 'kubernetes.io/metadata.name': DNS.namespace, ...namespace?.metadata.labels };
  if (!matchesSelector(fields(peer.namespaceSelector), labels)) return false;
  const pods = view.podsMatching(DNS.namespace, fields(service.spec.selector));
  return (
    peer.podSelector === undefined ||
    pods.length === 0 ||
    pods.some(({ metadata }) => matchesSelector(fields(peer.podSelector), metadata.labels))
  );
}

function allowDnsPatch(policy: ViewObject): object[] {
  const rule = {
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': DNS.namespace } } }],
    ports: [
      { port: DNS_PORT, protocol: 'UDP' },
      { port: DNS_PORT, protocol: 'TCP' },
    ],
  };
  return [
    Array.isArray(policy.spec.egress)
      ? { op: 'add', path: '/spec/egress/-', value: rule }
      : { op: 'add', path: '/spec/egress', value: [rule] },
  ];
}

/** The policies that may block these pods from DNS, as causes for pods that cannot resolve names. */
export const dnsCauses = (view: ClusterView, pods: readonly ViewObject[]): Cause[] => {
  const policies = new Set<ViewObject>();
  for (const pod of pods.slice(0, 20))
    for (const policy of view.inNamespace('NetworkPolicy', pod.metadata.namespace ?? ''))
      if (restrictsEgress(policy, pod)) policies.add(policy);
  return [...policies].map(policy => causeOf(refOf(policy), 'network/dns-egress'));
};
