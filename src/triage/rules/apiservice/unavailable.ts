import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number, text } from '../../../k8s/fields.ts';
import { causesBehind, isAtZero, serviceBackends, unreadyLines } from '../../facts/behind-service.ts';
import { claimOf, undoneBy } from '../../facts/claims.ts';
import { condition, quoted } from '../../facts/fields.ts';
import { type RouteFailure, routeTo, type ServiceTarget, servicePorts, targetOf } from '../../facts/service-route.ts';
import { type Unreachable, unreachableIn, unreachableText } from '../../facts/unreachable.ts';
import { certificatesInBundle, certificateText, validityOf } from '../../facts/x509.ts';
import { type FindingDraft, type FixDraft, refOf } from '../../finding/build.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** A new APIService is not reported in its first minute. */
const GRACE_MS = 60_000;

/** An unavailable APIService, its Service, and why calls to that Service fail. */
interface Down {
  service: ViewObject;
  target: ServiceTarget;
  failure: RouteFailure | undefined;
}

function* downServices(view: ClusterView, now: number): Iterable<Down> {
  for (const service of view.all('APIService')) {
    const target = targetOf(service.spec.service);
    const available = condition(service, 'Available');
    if (target === undefined || available === undefined || available.status === 'True') continue;
    if (available.since !== undefined && now - available.since < GRACE_MS) continue;
    const route = routeTo(view, target);
    yield { service, target, failure: route.is === 'broken' ? route.failure : undefined };
  }
}

/** An aggregated API that the API server cannot reach. */
export const apiserviceUnavailable: Rule = {
  id: 'apiservice/unavailable',
  gate: 'G3',
  needs: ['APIService'],
  wants: [
    'Service',
    'EndpointSlice',
    'Namespace',
    'Pod',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'NetworkPolicy',
    'Application',
  ],
  about: {
    looksAt:
      'The condition Available of APIServices that a Service in the cluster serves, and the path from that Service to its pods.',
    why: 'While one aggregated API is unavailable, discovery is incomplete: namespaces cannot be deleted, garbage collection stops, and HPAs get no metrics from it.',
    whatToDo:
      'Fix the Service and the pods that serve the API. If the API was uninstalled, delete the APIService that was left behind.',
  },
  *look({ view, now }) {
    for (const down of downServices(view, now)) yield unavailable(view, now, down);
  },
};

function unavailable(view: ClusterView, now: number, { service, target, failure }: Down): FindingDraft {
  const available = condition(service, 'Available');
  const behind = serviceBackends(view, target.namespace, target.name);
  const how = unreachableIn(available?.message ?? '');
  const isStale =
    (failure === 'no service' || failure === 'namespace missing') &&
    claimOf(view, service) === undefined &&
    behind.workloads.length === 0;
  const bundle = text(service.spec.caBundle) === '' ? [] : (certificatesInBundle(text(service.spec.caBundle)) ?? []);
  const expired = bundle.length > 0 && bundle.every(one => validityOf(one, now) === 'expired');
  return {
    severity: 'high',
    object: service,
    summary: `the aggregated API ${text(service.spec.group)}/${text(service.spec.version)} is unavailable (${available?.reason || 'no reason'}): ${routeFailureText(failure, target) ?? (how === undefined ? 'its discovery fails' : unreachableText[how])}`,
    since: available?.since === undefined ? undefined : { at: available.since, exact: true },
    evidence: [
      available && quoted(available),
      `spec.service: ${target.namespace}/${target.name}:${target.port}`,
      ...[...unreadyLines(behind.pods)].slice(0, 4),
      ...bundle.slice(0, 2).map(one => `spec.caBundle: ${certificateText(one)}`),
    ],
    cause: `${isStale ? 'The APIService was left behind: its Service is gone and nothing installs it any more (stale). ' : ''}${expired ? 'The certificate authority in its caBundle has expired. ' : ''}While it is unavailable, API discovery is incomplete: namespaces stay Terminating, garbage collection stalls, and clients of this API (HPAs that read metrics) get no answer.`,
    fixes: fixesFor(view, { service, target, failure }, { how, isStale, workload: behind.workloads[0] }),
    because: isStale
      ? [{ kind: 'Namespace', name: target.namespace }]
      : causesBehind(view, target.namespace, target.name, behind),
  };
}

/** What is known about why it is unavailable. */
interface Known {
  how: Unreachable | undefined;
  isStale: boolean;
  /** The workload whose pods serve it. */
  workload: ViewObject | undefined;
}

function fixesFor(
  view: ClusterView,
  { service, target, failure }: Down,
  { how, isStale, workload }: Known,
): (FixDraft | false)[] {
  const { name } = service.metadata;
  const served = view.get('Service', target.namespace, target.name);
  const port = served === undefined ? undefined : servicePorts(served)[0];
  return [
    how === 'unknown authority' && {
      text: `Set spec.caBundle to the CA that signed the serving certificate of Service ${target.namespace}/${target.name}; find out what should write it (cert-manager cainjector, the chart).${undoneBy(view, service)}`,
      command: command(view, ['kubectl', 'edit', ...named(refOf(service))]),
    },
    (how === 'certificate expired' || how === 'wrong name in certificate') && {
      text: `Reissue the serving certificate of ${target.namespace}/${target.name} for the name ${target.name}.${target.namespace}.svc; find out what should have renewed it.`,
    },
    failure === 'no port' &&
      port !== undefined && {
        text: `Point the APIService to port ${port}, which Service ${target.name} has.${undoneBy(view, service)}`,
        command: patchCommand(view, ['apiservice', name], 'merge', { spec: { service: { port } } }),
      },
    !isStale &&
      workload !== undefined && {
        text: `Fix ${workload.kind} ${workload.metadata.name}, whose pods serve this APIService.`,
        command: command(view, ['kubectl', 'describe', ...named(refOf(workload))]),
      },
    !isStale &&
      workload === undefined && {
        text: `Restore the Service ${target.namespace}/${target.name} and the pods behind it.`,
      },
    {
      text: isStale
        ? 'Save the stale APIService, then delete it.'
        : 'If the APIService is no longer needed, save it, then delete it: discovery is complete again at once.',
      command: `${command(view, ['kubectl', 'get', 'apiservice', name, '-o', 'yaml'])} > ${name}.yaml && ${command(view, ['kubectl', 'delete', 'apiservice', name])}`,
      safe: false,
    },
  ];
}

function routeFailureText(
  failure: RouteFailure | undefined,
  { namespace, name, port }: ServiceTarget,
): string | undefined {
  const service = `Service ${namespace}/${name}`;
  switch (failure) {
    case undefined:
    case 'headless':
    case 'external name':
      return undefined;
    case 'no service':
      return `${service} is not found`;
    case 'namespace missing':
    case 'namespace terminating':
      return `${service} is gone (${failure})`;
    case 'no port':
      return `${service} has no port ${port}`;
    case 'no target port':
      return `the pods of ${service} do not have its target port`;
    case 'no endpoints':
      return `${service} has no endpoints`;
  }
}

/** A workload that serves an aggregated API and is scaled to zero. The finding is about the workload, which is what must be edited. */
export const apiserviceScaledToZero: Rule = {
  id: 'apiservice/scaled-to-zero',
  gate: 'G3',
  needs: ['APIService', 'Deployment', 'Service', 'EndpointSlice'],
  wants: ['StatefulSet', 'Namespace'],
  about: {
    looksAt: 'Workloads at 0 replicas whose pods serve an APIService that is unavailable.',
    why: 'Whether the workload was scaled to zero on purpose or not: meanwhile the aggregated API is down, namespaces cannot be deleted, and clients of that API get no answer.',
    whatToDo: 'Scale the workload up, or delete both the workload and its APIService.',
  },
  *look({ view, now }) {
    for (const { service, target, failure } of downServices(view, now)) {
      if (failure !== 'no endpoints') continue;
      for (const workload of serviceBackends(view, target.namespace, target.name).workloads.filter(isAtZero))
        yield {
          severity: 'high',
          object: workload,
          summary: `scaled to 0 replicas, so that the aggregated API ${text(service.spec.group)} is unavailable (no endpoints)`,
          evidence: [
            `spec.replicas: ${number(workload.spec.replicas)}`,
            `APIService ${service.metadata.name} spec.service: ${JSON.stringify(fields(service.spec.service))}`,
          ],
          cause: 'Its pods are the only ones that serve the APIService.',
          fixes: [
            {
              text: `Scale it up again: the APIService needs it.${undoneBy(view, workload)}`,
              command: command(view, ['kubectl', 'scale', ...named(refOf(workload)), '--replicas=1']),
            },
          ],
          because: [{ kind: 'Namespace', name: target.namespace }],
        };
    }
  },
};
