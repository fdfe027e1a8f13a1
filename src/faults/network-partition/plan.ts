import { itemsOf, listIn, objectIn } from '../../injection/live.ts';
import { type CreatedTraits, occupied } from '../../injection/plan/created.ts';
import { createdPlan, POD } from '../../injection/plan/created-plan.ts';
import { blindTo, refuse } from '../../injection/plan/refuse.ts';
import { allows, DIRECTIONS, isHostNetwork, isolating, policySpec } from '../../injection/reach/isolation.ts';
import { podSelector } from '../../injection/reach/reach.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { networkPolicyName } from '../../injection/record/markers.ts';
import type { LabelSelector } from '../../k8s/deployment.ts';
import { labelSelectorOf } from '../../k8s/label-selector.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { isActive } from '../../k8s/pod.ts';
import { counted } from '../../text/counted.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';

export interface NetworkPartitionParams {
  labelSelector: string;
}

export const POLICY = 'policy';

export const POLICIES = 'policies';

export const PODS = 'pods';

export const traits: CreatedTraits = {
  type: 'NetworkPartition',
  kinds: ['NetworkPolicy'],
  essence: policy => goJson((policy.spec ?? null) as GoValue),
  looksCreated: policy => {
    const { policyTypes = [] } = policySpec(policy);
    return (
      ['Ingress', 'Egress'].every(type => policyTypes.includes(type)) && !DIRECTIONS.some(way => allows(policy, way))
    );
  },
};

export function policyRef({ labelSelector }: NetworkPartitionParams, { namespace }: Scope): ObjectRef {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    namespace,
    name: networkPolicyName(labelSelector),
  };
}

export function podAndPolicyReads({ labelSelector }: NetworkPartitionParams, { namespace }: Scope): Read[] {
  return [
    { key: PODS, list: { apiVersion: 'v1', kind: 'Pod', namespace }, labelSelector },
    { key: POLICIES, list: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace } },
  ];
}

/** Plans the writes, or refuses. */
export function plan(params: NetworkPartitionParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const { labelSelector } = params;
  const selector = labelSelectorOf(labelSelector);
  if (typeof selector === 'string')
    return refuse('unsupported', `selector ${labelSelector}: ${selector}, so other pods than these would be cut off`);
  const ref = policyRef(params, scope);
  const taken = occupied(objectIn(live, POLICY), ref, selectedBy(live, labelSelector));
  if (taken !== undefined) return taken;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`pods in ${scope.namespace}`, pods.failure);
  const policies = listIn(live, POLICIES);
  if (policies.state === 'blind') return blindTo(`the other network policies of ${scope.namespace}`, policies.failure);
  const selected = itemsOf(pods).filter(isActive);
  const where = `${labelSelector} in ${scope.namespace}`;
  if (selected.length === 0)
    return refuse('no-match', `expected running pods with ${where}, found none: check the selector and the namespace`);
  const reached = selected.filter(pod => !isHostNetwork(pod));
  if (reached.length === 0)
    return refuse('no-effect', `every pod with ${where} uses its node's network, where no network policy applies`);
  const others = itemsOf(policies);
  const none = refusedIfIsolated(reached, others);
  if (none !== undefined) return none;
  return createdPlan({
    traits,
    scope,
    facts,
    object: policyFor(ref, selector),
    says: `cut ${counted(reached.length, 'pod')} with ${where} off the network`,
    ends: 'ends the partition',
    pods: reached,
    listed: [POD, ref],
    warnings: [...hostNetworkWarnings(selected, reached), ...allowedTrafficWarnings(reached, others)],
  });
}

function policyFor(ref: ObjectRef, podSelector: LabelSelector): KubeObject {
  const { apiVersion, kind, name, namespace = '' } = ref;
  return { apiVersion, kind, metadata: { name, namespace }, spec: { podSelector, policyTypes: ['Ingress', 'Egress'] } };
}

/** Describes the existing policy by its selector, because two selectors can give the same policy name. */
function selectedBy(live: Live, wanted: string): string {
  const seen = objectIn(live, POLICY);
  const text = seen.state === 'found' ? (podSelector(seen.value) ?? '') : '';
  return text === wanted
    ? 'for these pods'
    : `and cuts off pods with ${text || '(any label)'}: two selectors give the same policy name`;
}

/** Refuses if other policies isolate all of these pods already, so that a further policy changes nothing. */
function refusedIfIsolated(pods: readonly KubeObject[], others: readonly KubeObject[]): Refusal | undefined {
  const isCut = (pod: KubeObject) => DIRECTIONS.some(way => isolating(pod, others, way).length === 0);
  if (pods.some(isCut)) return undefined;
  const names = new Set(pods.flatMap(pod => DIRECTIONS.flatMap(way => isolating(pod, others, way).map(nameOfPolicy))));
  return refuse(
    'no-effect',
    `${[...names].join(', ')} isolate${names.size === 1 ? 's' : ''} these pods both ways already, and policies add up: one that allows nothing takes nothing away`,
  );
}

const nameOfPolicy = (policy: KubeObject) => `NetworkPolicy ${policy.metadata.name}`;

function hostNetworkWarnings(selected: readonly KubeObject[], reached: readonly KubeObject[]): string[] {
  const left = selected.length - reached.length;
  return left === 0 ? [] : [`${left} of ${selected.length} pods use their node's network and are not cut off`];
}

/** Warns of traffic that other policies allow: policies add up, so it stays allowed. */
function allowedTrafficWarnings(pods: readonly KubeObject[], others: readonly KubeObject[]): string[] {
  return others.flatMap(policy => {
    const ways = DIRECTIONS.filter(
      way => allows(policy, way) && pods.some(pod => isolating(pod, [policy], way).length > 0),
    );
    return ways.length === 0
      ? []
      : [`policies add up: the ${ways.join(' and ')} that ${nameOfPolicy(policy)} allows stays allowed`];
  });
}
