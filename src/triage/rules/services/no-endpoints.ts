import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { textMap } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import {
  causesBehind,
  isAtZero,
  isReady,
  serviceBackends,
  templateLabels,
  unreadyLines,
} from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { MANAGER_LEASE, managerLeads } from '../../facts/control-plane.ts';
import { condition, created } from '../../facts/fields.ts';
import { closestLabels, isNear, type LabelMiss, missText } from '../../facts/near-miss.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Severity } from '../../finding/finding.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { FIRST_MINUTE } from '../pods/unready-pods.ts';
import { podsOf, readyAddresses, selects } from './endpoints.ts';
import { isDns, serviceUsers } from './users.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** Services with a selector and no ready endpoint. */
function* servicesWithoutEndpoints({ view, now }: Pick<RuleInput, 'view' | 'now'>): Iterable<ViewObject> {
  for (const service of view.all('Service')) {
    const { namespace = '', name, deletionTimestamp } = service.metadata;
    const isYoung = now - created(service) < FIRST_MINUTE;
    if (
      selects(service) &&
      !isYoung &&
      deletionTimestamp === undefined &&
      readyAddresses(view.slicesOf(namespace, name)) === 0
    )
      yield service;
  }
}

const selectorText = (service: ViewObject): string =>
  Object.entries(textMap(service.spec.selector))
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** A Service whose selector matches no pods, although a similar workload exists or something needs the Service. */
export const serviceSelector: Rule = {
  id: 'service/selector',
  gate: 'G9',
  needs: ['Service', 'EndpointSlice', 'Pod'],
  wants: [
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Ingress',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'APIService',
    'CustomResourceDefinition',
  ],
  about: {
    looksAt:
      'Services whose selector matches neither a pod nor the pod template of a workload in their namespace, and the pods with the most similar labels.',
    why: 'A Service without endpoints refuses every connection, even if the intended pods are healthy.',
    whatToDo:
      'Correct the selector of the Service, or the labels in the pod template. A Service that is not needed can be deleted.',
  },
  *look(input) {
    const { view } = input;
    let users: ReturnType<typeof serviceUsers> | undefined;
    for (const service of servicesWithoutEndpoints(input)) {
      if (podsOf(view, service).length > 0) continue;
      const { namespace = '', name } = service.metadata;
      const behind = serviceBackends(view, namespace, name);
      const selector = textMap(service.spec.selector);
      const workloads = WORKLOADS.flatMap(kind => view.inNamespace(kind, namespace));
      const isMet = workloads.some(one =>
        Object.entries(selector).every(([key, value]) => templateLabels(one)[key] === value),
      );
      if (isMet) continue;
      const near = closestCarrier(selector, [
        ...workloads.map(one => ({ object: one, labels: templateLabels(one) })),
        ...view.inNamespace('Pod', namespace).map(one => ({ object: one, labels: one.metadata.labels })),
      ]);
      users ??= serviceUsers(view);
      const needed = users.get(`${namespace}/${name}`) ?? [];
      const carrier = near && `${near.object.kind} ${near.object.metadata.name}`;
      const slips = near?.misses.map(missText).join('; ');
      yield {
        severity: isDns(service.metadata) ? 'critical' : near !== undefined || needed.length > 0 ? 'high' : 'warn',
        object: service,
        summary: `the selector matches no pods, so the Service has no endpoints${slips ? `: it selects ${slips}` : ` (${selectorText(service)})`}`,
        evidence: [
          `spec.selector: ${selectorText(service)}`,
          'EndpointSlices: no ready endpoint',
          near &&
            `labels of the pods of ${carrier}: ${Object.entries(near.labels)
              .map(([key, value]) => `${key}=${value}`)
              .join(', ')}`,
          needed.length > 0 && `needed by: ${needed.join(', ')}`,
        ],
        cause: near
          ? `The Service selects ${selectorText(service)}; the pods of ${carrier} nearly match: ${slips}.`
          : `No pod and no workload in ${namespace} has the labels ${selectorText(service)}.`,
        fixes: [
          near && {
            text: `Correct the selector so that it matches the pods of ${carrier}.${undoneBy(view, service)}`,
            command: patchCommand(view, ['service', name, '-n', namespace], 'merge', {
              spec: { selector: corrected(near.misses) },
            }),
          },
          {
            text: `Look at the selector of the Service, and at the labels of the pods that it should find.`,
            command: command(view, ['kubectl', 'get', 'pods', '-n', namespace, '--show-labels']),
          },
        ],
        because: [
          { kind: 'Service', namespace, name, rule: 'chaos/' },
          { kind: 'Namespace', name: namespace },
          ...behind.workloads.map(one => ({ kind: one.kind, namespace, name: one.metadata.name, rule: 'chaos/' })),
        ],
      };
    }
  },
};

interface Carrier {
  object: ViewObject;
  labels: Readonly<Record<string, string>>;
}

function closestCarrier(selector: Readonly<Record<string, string>>, carriers: Carrier[]) {
  const close = closestLabels(selector, carriers, one => one.labels);
  return close?.misses.every(isNear) ? { ...close.carrier, misses: close.misses } : undefined;
}

/** The merge patch that corrects a selector to the labels of the pods. */
const corrected = (misses: readonly LabelMiss[]): Record<string, string | null> =>
  Object.assign(
    {},
    ...misses.map(({ key, instead }) =>
      instead ? { ...(instead.key !== key && { [key]: null }), [instead.key]: instead.value } : {},
    ),
  );

/** A Service that has pods, or should have some, but none of them is ready. */
export const noReadyPods: Rule = {
  id: 'service/no-endpoints',
  gate: 'G9',
  needs: ['Service', 'EndpointSlice', 'Pod'],
  wants: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'NetworkPolicy'],
  about: {
    looksAt:
      'Services whose selector matches pods or a workload, and that have no ready endpoint. If the workload is scaled to 0, that is only noted.',
    why: 'Connections to the Service fail until one of its pods is ready.',
    whatToDo: 'Fix the pods: the finding on them says why they are not ready.',
  },
  *look(input) {
    for (const service of servicesWithoutEndpoints(input)) {
      const made = noReady(input, service);
      if (made) yield made;
    }
  },
};

function noReady({ view, now }: RuleInput, service: ViewObject): FindingDraft | undefined {
  const { namespace = '', name } = service.metadata;
  const pods = podsOf(view, service);
  const behind = serviceBackends(view, namespace, name);
  const selector = textMap(service.spec.selector);
  const workloads = behind.workloads.filter(one =>
    Object.entries(selector).every(([key, value]) => templateLabels(one)[key] === value),
  );
  if (pods.length === 0 && workloads.length === 0) return undefined;
  // The rules on ports and on slices report ready pods without endpoints.
  if (pods.some(isReady)) return undefined;
  // Pods in their first minute are starting.
  if (pods.length > 0 && pods.every(pod => now - created(pod) < FIRST_MINUTE)) return undefined;
  const atZero = workloads.length > 0 && pods.length === 0 && workloads.every(one => isAtZero(one));
  const changed = pods.map(pod => condition(pod, 'Ready')?.since ?? created(pod));
  const severity: Severity = isDns(service.metadata) ? 'critical' : atZero ? 'info' : 'high';
  return {
    severity,
    object: service,
    summary: atZero
      ? 'no endpoints: its workload is scaled to 0 replicas'
      : pods.length > 0
        ? pods.length === 1
          ? 'no endpoints: its only pod is not ready'
          : `no endpoints: none of its ${pods.length} pods is ready`
        : 'no endpoints: its workload has no pods',
    // Until the last pod became unready there was an endpoint.
    since: changed.length > 0 ? { at: Math.max(...changed), exact: true } : undefined,
    evidence: [
      `spec.selector: ${selectorText(service)}`,
      'EndpointSlices: no ready endpoint',
      ...[...unreadyLines(pods)].slice(0, 6),
      ...workloads.map(one => `${one.kind} ${one.metadata.name}: spec.replicas ${String(one.spec.replicas ?? 1)}`),
    ],
    cause:
      pods.length > 0
        ? 'No pod behind the Service is ready.'
        : `${workloads[0]?.kind ?? 'The workload'} ${workloads[0]?.metadata.name ?? ''} has no pods.`,
    fixes: [
      {
        text: 'Fix the pods behind the Service.',
        command: command(view, [
          'kubectl',
          'get',
          'pods',
          '-n',
          namespace,
          '-l',
          Object.entries(selector)
            .map(([key, value]) => `${key}=${value}`)
            .join(','),
        ]),
      },
    ],
    because: causesBehind(view, namespace, name, behind).filter(one => !(one.kind === 'Service' && one.name === name)),
  };
}

/** Pods that are ready but missing from the EndpointSlices: the EndpointSlice controller is not running. */
export const slicesStale: Rule = {
  id: 'service/slices-stale',
  gate: 'G7',
  needs: ['Service', 'EndpointSlice', 'Pod'],
  wants: ['Lease'],
  about: {
    looksAt:
      'Services that select pods which have been ready for more than a minute, and whose EndpointSlices hold no ready endpoint.',
    why: 'The EndpointSlice controller of kube-controller-manager writes the slices; while it is not running, traffic goes to pods that no longer exist, or fails.',
    whatToDo: 'Look at kube-controller-manager, or at the custom endpoint controller of the Service if it has one.',
  },
  *look(input) {
    const { view, now } = input;
    for (const service of servicesWithoutEndpoints(input)) {
      const { namespace = '', name } = service.metadata;
      const ready = podsOf(view, service).filter(
        pod =>
          isReady(pod) &&
          pod.metadata.deletionTimestamp === undefined &&
          now - (condition(pod, 'Ready')?.since ?? now) > FIRST_MINUTE,
      );
      if (ready.length === 0 || service.metadata.labels['service.kubernetes.io/endpoint-controller-name'] !== undefined)
        continue;
      yield {
        severity: 'high',
        object: service,
        summary: `no endpoints, although ${counted(ready.length, 'of its pods is', 'of its pods are')} ready: the EndpointSlices are outdated`,
        since: { at: Math.max(...ready.map(pod => condition(pod, 'Ready')?.since ?? now)), exact: false },
        evidence: [
          `ready pods: ${ready
            .slice(0, 5)
            .map(pod => pod.metadata.name)
            .join(', ')}`,
          `EndpointSlices: ${view.slicesOf(namespace, name).length}, no ready endpoint`,
        ],
        cause:
          'The EndpointSlice controller in kube-controller-manager has not written the ready pods into the slices.',
        fixes: [managerLeads(view)],
        because: [
          MANAGER_LEASE,
          { kind: 'Service', namespace, name, rule: 'chaos/' },
          { kind: 'Service', namespace, name, rule: 'service/target-port' },
        ],
      };
    }
  },
};
