import type { KubeObject } from '../../k8s/object.ts';
import { matches, parseSelector } from '../../k8s/selector-text.ts';
import { podSelector } from './reach.ts';

interface PolicySpec {
  policyTypes?: string[];
  ingress?: unknown[];
  egress?: unknown[];
}

export type Direction = 'ingress' | 'egress';
export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export const policySpec = (policy: KubeObject): PolicySpec => (policy.spec ?? {}) as PolicySpec;

/** Whether the policy isolates pods in this direction; an unset list of types means ingress, and also egress if there are egress rules. */
function isolates(policy: KubeObject, direction: Direction): boolean {
  const spec = policySpec(policy);
  if (spec.policyTypes !== undefined) return spec.policyTypes.some(type => type.toLowerCase() === direction);
  return direction === 'ingress' || spec.egress !== undefined;
}

/** The policies that isolate this pod in this direction. Policies add up: a policy cannot forbid what another one allows. */
export function isolating(pod: KubeObject, policies: readonly KubeObject[], direction: Direction): KubeObject[] {
  return policies.filter(policy => isolates(policy, direction) && selectsPod(policy, pod));
}

/** Whether a policy selects the pod; an empty selector selects every pod of the namespace. */
export function selectsPod(selecting: KubeObject, pod: KubeObject): boolean {
  if (selecting.metadata.namespace !== pod.metadata.namespace) return false;
  const text = podSelector(selecting);
  if (text === undefined || text === '') return text === '' || isSelectorless(selecting);
  const requirements = parseSelector(text);
  return typeof requirements !== 'string' && matches(requirements, pod.metadata.labels);
}

/** A NetworkPolicy without a selector is one with an empty selector. */
const isSelectorless = (policy: KubeObject) => policy.kind === 'NetworkPolicy';

/** Whether the policy lets any traffic through in this direction. */
export const allows = (policy: KubeObject, direction: Direction): boolean =>
  (policySpec(policy)[direction] ?? []).length > 0;

/** Whether the pod shares its node's network, where no policy applies. */
export const isHostNetwork = (pod: KubeObject): boolean =>
  (pod.spec as { hostNetwork?: boolean } | undefined)?.hostNetwork === true;

/** Network plugins that enforce policies, by the DaemonSets they run as. */
const ENFORCERS = [
  'anetd',
  'antrea-agent',
  'aws-node',
  'azure-npm',
  'calico-node',
  'canal',
  'cilium',
  'kindnet',
  'kube-network-policies',
  'kube-router',
  'ovnkube-node',
  'weave-net',
];

/** The network plugin among these DaemonSets that enforces policies; undefined if none is known. */
export function enforcerIn(daemonSets: readonly KubeObject[]): string | undefined {
  const names = daemonSets.map(({ metadata }) => metadata.name);
  return names.find(name => ENFORCERS.some(known => name === known || name.startsWith(`${known}-`)));
}
