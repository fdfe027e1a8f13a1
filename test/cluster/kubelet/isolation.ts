/** What NetworkPolicies leave of a pod's network, as far as these tests need it. Pure. */
import type { Metadata } from './types.ts';

export interface NetworkPolicy {
  readonly metadata: Metadata;
  readonly spec: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number | string }[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string };
}

/** Which directions are cut for the pod: `ingress` from the API server, `egress` to it. */
export interface Isolation {
  readonly ingress: boolean;
  readonly egress: boolean;
}

/**
 * Policies add up: a pod that any policy selects for a direction may do there only what some policy's rule allows.
 * A rule is read as allowing the API server when it names no peers, or all addresses; peers by pod or namespace never
 * mean the API server, which is neither.
 */
export function isolation(pod: { readonly metadata: Metadata }, policies: readonly NetworkPolicy[]): Isolation {
  const selecting = policies.filter(
    policy =>
      policy.metadata.namespace === pod.metadata.namespace &&
      matches(policy.spec.podSelector ?? {}, pod.metadata.labels ?? {}),
  );
  const cut = (type: 'Ingress' | 'Egress'): boolean => {
    const meant = selecting.filter(policy => types(policy).includes(type));
    const rules = meant.flatMap(policy => (type === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? []);
    return meant.length > 0 && !rules.some(allowsApiServer);
  };
  return { ingress: cut('Ingress'), egress: cut('Egress') };
}

/** True when a label selector (empty: everything) takes in these labels. */
export function matches(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressions = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const among = value !== undefined && values.includes(value);
    return operator === 'In' ? among : !among;
  });
  return equal && expressions;
}

function types(policy: NetworkPolicy): readonly string[] {
  return policy.spec.policyTypes ?? (policy.spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
}

function allowsApiServer(rule: Rule): boolean {
  const peers = rule.from ?? rule.to ?? [];
  return peers.length === 0 || peers.some(peer => peer.ipBlock?.cidr === '0.0.0.0/0');
}
