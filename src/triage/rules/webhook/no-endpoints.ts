import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { matchesSelector } from '../../../health/view/selector.ts';
import { fields, textMap } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import {
  causesBehind,
  isAtZero,
  isReady,
  type ServiceBackends,
  serviceBackends,
  templateLabels,
  unreadyLines,
} from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { condition, conditions, quoted } from '../../facts/fields.ts';
import { closestLabels, missText } from '../../facts/near-miss.ts';
import { refusalsInEvents } from '../../facts/refusals.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { callEvidence, callsSeen, seenSince } from './calls.ts';
import { blockedText, hookEvidence, ignoreFix, removeFix, severityOf } from './dead-hook-report.ts';
import {
  blockingOf,
  stalenessOf,
  type UnreachableHook,
  type UnreachableHooks,
  unreachableHooks,
} from './unreachable-hooks.ts';

const isEmpty = ({ why }: UnreachableHooks): boolean => why === 'no endpoints' || why === 'no target port';

/** A webhook whose Service exists but has no ready pod. */
export const webhookNoEndpoints: Rule = {
  id: 'webhook/no-endpoints',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Service', 'EndpointSlice', 'Namespace'],
  wants: ['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'NetworkPolicy', 'Application'],
  about: {
    looksAt:
      'The EndpointSlices of the Service of each webhook: ready endpoints that have the port. If there are none, the pods that the Service selects, and which of their containers are not ready.',
    why: 'Without a ready endpoint the API server cannot call the webhook. A fail-closed one then refuses every request in its scope, in the whole cluster.',
    whatToDo: 'Fix the pods behind the Service. Until then, failurePolicy Ignore lets requests pass unchecked.',
  },
  *look({ view, now }) {
    for (const dead of unreachableHooks(view)) if (isEmpty(dead)) yield withoutEndpoints(view, now, dead);
  },
};

function withoutEndpoints(view: ClusterView, now: number, dead: UnreachableHooks): FindingDraft {
  const { namespace, name } = target(dead);
  const behind = serviceBackends(view, namespace, name);
  const blocking = blockingOf(dead);
  const calls = callsSeen(
    view,
    dead.hooks.map(({ hook }) => hook),
  );
  const deadlock = deadlockOf(view, dead, behind);
  const stale = stalenessOf(view, dead, behind.workloads);
  return {
    severity: severityOf(blocking),
    object: dead.configuration,
    summary:
      deadlock !== undefined
        ? `deadlock: no endpoints for its Service ${namespace}/${name}, and it blocks the creation of the pods that would serve it`
        : `no endpoints available for its Service ${namespace}/${name}${dead.why === 'no target port' ? ': the pods have no such target port' : ''}`,
    since: unreadySince(behind.pods) ?? seenSince(calls, now),
    evidence: [
      ...dead.hooks.slice(0, 1).map(({ evidence }) => evidence),
      ...behindLines(view, behind),
      deadlock,
      ...hookEvidence(dead.hooks),
      ...calls.slice(0, 2).map(callEvidence),
    ],
    cause: `${whyEmpty(behind, stale)} ${blockedText(dead.hooks)}`,
    fixes: [
      deadlock !== undefined && {
        text: 'Break the deadlock: set failurePolicy to Ignore as described below, wait until the pods of the webhook are ready, then set it back to Fail. To prevent the deadlock, exclude the namespace of the webhook with a namespaceSelector.',
      },
      stale === 'probable' &&
        removeFix(
          view,
          dead.hooks,
          'nothing in the cluster serves it any more; make sure that its controller is not needed.',
        ),
      stale !== 'probable' && deadlock === undefined && repairFix(view, namespace, name, behind),
      ...blocking.slice(0, 1).map(({ hook }) => ignoreFix(view, hook)),
    ],
    // In a deadlock the webhook causes the missing pods, not the other way round.
    because: deadlock !== undefined ? injectionsOn(behind) : causesBehind(view, namespace, name, behind),
  };
}

const target = ({ hooks }: UnreachableHooks) => hooks[0]?.hook.service ?? { namespace: '', name: '', port: 443 };

const injectionsOn = ({ workloads }: ServiceBackends): Cause[] =>
  workloads.map(({ kind, metadata }) => ({
    kind,
    name: metadata.name,
    ...(metadata.namespace && { namespace: metadata.namespace }),
    rule: 'chaos/',
  }));

/** When the last pod stopped being ready: since then there is no endpoint. */
function unreadySince(pods: readonly ViewObject[]): { at: number; exact: boolean } | undefined {
  const times = pods.filter(pod => !isReady(pod)).flatMap(pod => condition(pod, 'Ready')?.since ?? []);
  return times.length === 0 ? undefined : { at: Math.max(...times), exact: true };
}

function* behindLines(view: ClusterView, { service, pods, workloads, policies }: ServiceBackends): Iterable<string> {
  if (service !== undefined)
    yield `Service spec.selector: ${JSON.stringify(fields(service.spec.selector))} selects ${counted(pods.length, 'pod')}`;
  yield* [...unreadyLines(pods)].slice(0, 5);
  for (const workload of workloads) {
    if (isAtZero(workload)) yield `${objectText(workload)} spec.replicas: 0`;
    for (const one of conditions(workload))
      if (one.type === 'ReplicaFailure' && one.status === 'True') yield `${objectText(workload)} ${quoted(one)}`;
  }
  for (const policy of policies) yield `NetworkPolicy ${policy.metadata.name} isolates its pods`;
  if (service !== undefined && pods.length === 0 && workloads.length === 0) {
    const near = closest(view, service);
    if (near !== undefined) yield `pod whose labels are most similar to the selector: ${near}`;
  }
}

function closest(view: ClusterView, service: ViewObject): string | undefined {
  const pods = view.inNamespace('Pod', service.metadata.namespace ?? '');
  const near = closestLabels(textMap(service.spec.selector), pods, pod => pod.metadata.labels);
  return near && `${near.carrier.metadata.name}: required ${near.misses.map(missText).join(', ')}`;
}

const objectText = ({ kind, metadata }: ViewObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

function whyEmpty({ service, pods, workloads }: ServiceBackends, stale: string): string {
  if (service !== undefined && Object.keys(fields(service.spec.selector)).length === 0)
    return 'The Service has no selector, and nothing has written endpoints for it.';
  const zero = workloads.find(isAtZero);
  if (zero !== undefined) return `${objectText(zero)} is scaled to 0 replicas.`;
  if (pods.length > 0)
    return pods.length === 1
      ? 'The only pod that the Service selects is not ready.'
      : `None of the ${pods.length} pods that the Service selects is ready.`;
  if (stale === 'probable')
    return 'The selector of the Service matches no pods, and no workload could serve it: the webhook is probably stale, left behind when its controller was removed.';
  return `The selector of the Service matches no pods${workloads[0] === undefined ? '' : `; ${objectText(workloads[0])} should serve it`}.`;
}

function repairFix(view: ClusterView, namespace: string, name: string, { workloads }: ServiceBackends) {
  const workload = workloads[0];
  if (workload === undefined)
    return { text: `Restore the pods behind Service ${namespace}/${name}, or correct its selector.` };
  if (isAtZero(workload)) {
    return {
      text: `Scale ${objectText(workload)} up again: it serves the webhook.${undoneBy(view, workload)}`,
      command: command(view, ['kubectl', 'scale', ...named(refText(workload)), '--replicas=1']),
    };
  }
  return {
    text: `Fix ${objectText(workload)}: see why its pods are not ready.`,
    command: command(view, ['kubectl', 'describe', ...named(refText(workload))]),
  };
}

const refText = ({ apiVersion, kind, metadata }: ViewObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
});

/** A line that proves that the webhook blocks the creation of its own pods; undefined when it does not. */
function deadlockOf(
  view: ClusterView,
  { hooks }: UnreachableHooks,
  { pods, workloads }: ServiceBackends,
): string | undefined {
  const coversPods = hooks.filter(isOverOwnPods(view, workloads));
  if (coversPods.length === 0 || pods.some(isReady)) return undefined;
  const names = new Set(coversPods.map(({ hook }) => hook.name));
  for (const workload of workloads) {
    const owners = [workload, ...view.ownedBy(workload.metadata.uid)];
    for (const owner of owners) {
      const failure = condition(owner, 'ReplicaFailure');
      const messages = [
        failure?.status === 'True' ? failure.message : '',
        ...[...refusalsInEvents(view, owner)].map(seen => seen.message),
      ];
      const own = messages.find(
        one => one.includes('failed calling webhook') && [...names].some(name => one.includes(`"${name}"`)),
      );
      if (own !== undefined) return `${objectText(owner)} cannot create its pods: "${own}"`;
    }
  }
  return undefined;
}

const isOverOwnPods =
  (view: ClusterView, workloads: readonly ViewObject[]) =>
  ({ hook, scope }: UnreachableHook): boolean =>
    hook.blocking &&
    scope.resources.some(name => name === 'pods' || name === 'replicasets.apps') &&
    (scope.namespaces?.includes(hook.service?.namespace ?? '') ?? true) &&
    workloads.some(workload => matchesSelector(hook.objectSelector, templateLabels(workload))) &&
    view.count('Namespace') > 0;

/** A workload at zero replicas that a fail-closed webhook needs: the object to edit is the workload. */
export const webhookScaledToZero: Rule = {
  id: 'webhook/scaled-to-zero',
  gate: 'G4',
  needs: webhookNoEndpoints.needs,
  wants: [...(webhookNoEndpoints.wants ?? [])],
  about: {
    looksAt:
      'Workloads at 0 replicas whose pods are the only ones behind the Service of a fail-closed webhook whose scope is not empty.',
    why: 'Whether the workload was scaled to zero on purpose or not: meanwhile every request in the scope of the webhook is refused.',
    whatToDo: 'Scale the workload up, or remove both the workload and the webhook configuration.',
  },
  *look({ view }) {
    const done = new Set<string>();
    for (const dead of unreachableHooks(view)) {
      const blocking = blockingOf(dead);
      if (!isEmpty(dead) || blocking.length === 0) continue;
      const { namespace, name } = target(dead);
      for (const workload of serviceBackends(view, namespace, name).workloads) {
        if (!isAtZero(workload) || done.has(workload.metadata.uid)) continue;
        done.add(workload.metadata.uid);
        yield {
          severity: severityOf(blocking),
          object: workload,
          summary: `scaled to 0 replicas, so that a fail-closed webhook has no endpoints`,
          evidence: [
            'spec.replicas: 0',
            `${dead.configuration.kind} ${dead.configuration.metadata.name} calls Service ${namespace}/${name}, which selects its pods`,
            ...hookEvidence(blocking),
          ],
          cause: blockedText(blocking),
          fixes: [
            repairFix(view, namespace, name, { service: undefined, pods: [], policies: [], workloads: [workload] }),
            ...blocking.slice(0, 1).map(({ hook }) => ignoreFix(view, hook)),
          ],
          because: [
            { kind: 'Namespace', name: namespace },
            { kind: 'HorizontalPodAutoscaler', namespace, name: workload.metadata.name },
          ],
        };
      }
    }
  },
};
