import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { matchesSelector } from '../../health/view/selector.ts';
import type { Fields } from '../../k8s/fields.ts';
import { fields, list, number, text, textMap } from '../../k8s/fields.ts';
import { causeOf } from '../finding/cause.ts';
import type { Cause } from '../finding/finding.ts';
import { condition } from './fields.ts';
import { closestLabels, isNear } from './near-miss.ts';

/** The pods behind a Service, and what they depend on. */
export interface ServiceBackends {
  service: ViewObject | undefined;
  pods: readonly ViewObject[];
  /** The workloads of those pods; without pods, the workloads that the selector matches, or nearly matches. */
  workloads: readonly ViewObject[];
  /** Policies that isolate those pods. */
  policies: readonly ViewObject[];
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** Follows a Service to its pods, and to the workloads that create them. */
export function serviceBackends(view: ClusterView, namespace: string, name: string): ServiceBackends {
  const service = view.get('Service', namespace, name);
  const selector = fields(service?.spec.selector);
  const hasSelector = Object.keys(selector).length > 0;
  const pods = hasSelector ? view.podsMatching(namespace, selector) : [];
  const made = hasSelector ? workloadsFor(view, namespace, selector) : [];
  const owners = pods.flatMap(pod => view.ownersOf(pod).filter(({ kind }) => kind !== 'ReplicaSet'));
  const policies = view
    .inNamespace('NetworkPolicy', namespace)
    .filter(policy => pods.some(pod => isolates(policy, pod)));
  return { service, pods, workloads: [...new Set([...owners, ...made])], policies };
}

/** Workloads of a namespace whose template labels match the selector; if none does, the nearest one. */
function workloadsFor(view: ClusterView, namespace: string, selector: Fields): ViewObject[] {
  const all = WORKLOADS.flatMap(kind => [...view.inNamespace(kind, namespace)]);
  const exact = all.filter(workload => matchesSelector(selector, templateLabels(workload)));
  if (exact.length > 0) return exact;
  const near = closestLabels(textMap(selector), all, templateLabels);
  return near?.misses.every(isNear) ? [near.carrier] : [];
}

/** The labels that a workload gives to its pods. */
export const templateLabels = (workload: ViewObject): Readonly<Record<string, string>> =>
  textMap(fields(fields(workload.spec.template).metadata).labels);

/** Whether a NetworkPolicy isolates a pod for ingress traffic. */
export const isolates = ({ spec }: ViewObject, pod: ViewObject): boolean =>
  (!Array.isArray(spec.policyTypes) || spec.policyTypes.includes('Ingress')) &&
  matchesSelector(fields(spec.podSelector), pod.metadata.labels);

/** All objects whose findings would explain that the Service has no ready endpoint. */
export function causesBehind(view: ClusterView, namespace: string, name: string, behind: ServiceBackends): Cause[] {
  const pods = behind.pods.slice(0, 50);
  const sets = pods.flatMap(pod => view.ownersOf(pod).filter(({ kind }) => kind === 'ReplicaSet'));
  const nodes = new Set(pods.filter(pod => !isReady(pod)).map(pod => text(pod.spec.nodeName)));
  return [
    { kind: 'Service', namespace, name },
    ...[...behind.workloads, ...new Set(sets), ...pods, ...behind.policies].map(one => causeOf(one)),
    ...[...nodes].filter(node => node !== '').map(node => ({ kind: 'Node', name: node })),
    { kind: 'Namespace', name: namespace },
  ];
}

/** Whether a pod is ready, so that it counts as an endpoint. */
export const isReady = (pod: ViewObject): boolean => condition(pod, 'Ready')?.status === 'True';

/** Whether a workload is scaled to zero replicas. */
export const isAtZero = ({ kind, spec }: ViewObject): boolean => kind !== 'DaemonSet' && number(spec.replicas, 1) === 0;

/** One line for each pod that is not ready, with the states of its containers: `pod web-1: container proxy waiting ImagePullBackOff`. */
export function* unreadyLines(pods: readonly ViewObject[]): Iterable<string> {
  for (const pod of pods) {
    if (isReady(pod)) continue;
    const states = [...list(pod.status.initContainerStatuses), ...list(pod.status.containerStatuses)]
      .filter(one => one.ready !== true && fields(fields(one.state).terminated).reason !== 'Completed')
      .map(one => `container ${text(one.name)} ${stateText(fields(one.state))}`);
    const scheduled = condition(pod, 'PodScheduled');
    const pending = scheduled?.status === 'False' ? [`${scheduled.reason}: ${scheduled.message}`] : [];
    yield `pod ${pod.metadata.name} (${text(pod.status.phase) || 'no phase'}): ${[...pending, ...states].join('; ') || 'not ready'}`;
  }
}

function stateText(state: Fields): string {
  const [name, about] = Object.entries(state).find(([, value]) => typeof value === 'object') ?? ['not started', {}];
  const { reason, message } = fields(about);
  return `${name}${text(reason) && ` ${text(reason)}`}${text(message) && ` "${text(message)}"`}`;
}
