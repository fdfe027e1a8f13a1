import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list } from '../../../k8s/fields.ts';
import { causesBehind, isolates, serviceBackends } from '../../facts/behind-service.ts';
import { unreachableText } from '../../facts/unreachable.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { callEvidence, type FailedCall, failedCalls, isRecent, seenSince } from './calls.ts';
import { ignoreFix } from './dead-hook-report.ts';
import { type Hook, hooksOf, hookText, routeOf } from './hooks.ts';
import { scopeOf, scopeText } from './scope.ts';
import { servingSecrets } from './serving.ts';

/**
 * Failures that can also be seen from the Service and its endpoints. When those are in order, messages of such
 * failures are outdated.
 */
const ROUTING_FAILURES = ['no endpoints', 'service not found', 'no such port'];

/** Webhooks whose Service is reachable and whose calls nevertheless fail, with those calls. */
function* failingHooks({
  view,
  now,
}: Omit<RuleInput, 'answers'>): Iterable<{ hook: Hook; calls: FailedCall[]; uncertain: string | undefined }> {
  const calls = [...failedCalls(view)].filter(call => isRecent(call, now));
  for (const hook of hooksOf(view)) {
    const own = calls.filter(({ refusal }) => refusal.webhook === hook.name);
    const route = routeOf(view, hook);
    const isDead = route?.is === 'broken';
    if (own.length === 0 || (isDead && route.certain)) continue;
    const uncertain = isDead ? route.evidence : undefined;
    const relevant = own.filter(({ refusal }) => uncertain !== undefined || !ROUTING_FAILURES.includes(refusal.how));
    if (relevant.length > 0) yield { hook, calls: relevant, uncertain };
  }
}

/** A webhook whose Service has ready endpoints, or that is called by URL, and whose calls fail. */
export const webhookFailing: Rule = {
  id: 'webhook/failing',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Service', 'EndpointSlice', 'Namespace'],
  wants: [
    'Application',
    'Event',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'Pod',
    'NetworkPolicy',
  ],
  about: {
    looksAt:
      'Messages of the API server about failed webhook calls in warnings, conditions and applications: timeouts, refused connections, TLS errors, wrong answers.',
    why: 'A webhook can have ready endpoints and still not answer: a NetworkPolicy in between, a hung process, a wrong certificate or path.',
    whatToDo:
      'Follow the reason in the message of the API server. Until the webhook works again, failurePolicy Ignore lets requests pass unchecked.',
  },
  *look(input) {
    const { view, now } = input;
    for (const { hook, calls, uncertain } of failingHooks(input)) {
      const scope = scopeOf(view, hook);
      const how = calls[0]?.refusal.how ?? 'timeout';
      yield {
        severity: hook.blocking && scope.matchesAnything ? (scope.critical ? 'critical' : 'high') : 'warn',
        object: hook.configuration,
        summary: `calls of webhook ${hook.name} fail: ${unreachableText[how]}`,
        since: seenSince(calls, now),
        evidence: [...calls.slice(0, 3).map(callEvidence), uncertain, hookText(hook)],
        cause: `The API server calls the webhook, and the call fails (${how}). The webhook ${hook.blocking ? 'blocks' : 'is called for'} ${scopeText(scope)}.`,
        fixes: [
          {
            text: `Check what may break the connection from the API server to the webhook: NetworkPolicies, the serving certificate, the path and port; and read the log of the webhook.`,
          },
          ...(hook.blocking ? [ignoreFix(view, hook)] : []),
        ],
        because: causesOfFailure(view, hook),
      };
    }
  },
};

function causesOfFailure(view: ClusterView, hook: Hook): Cause[] {
  const { service, configuration } = hook;
  const itself = { kind: configuration.kind, name: configuration.metadata.name };
  const certificates: Cause[] = [
    { ...itself, rule: 'webhook/ca-bundle' },
    ...servingSecrets(view, hook).map(({ namespace, name }) => ({ kind: 'Secret', namespace, name })),
  ];
  if (service === undefined) return certificates;
  const behind = serviceBackends(view, service.namespace, service.name);
  return [...certificates, ...causesBehind(view, service.namespace, service.name, behind)];
}

/** A NetworkPolicy that blocks the API server from a webhook whose calls time out. */
export const webhookNetworkPolicy: Rule = {
  id: 'webhook/network-policy',
  gate: 'G4',
  needs: ['NetworkPolicy', 'Pod', ...webhookFailing.needs],
  wants: [...(webhookFailing.wants ?? [])],
  about: {
    looksAt:
      'NetworkPolicies that isolate the pods behind a webhook and allow ingress only from pods or namespaces, while calls of that webhook time out.',
    why: 'The API server is usually not a pod of the cluster network: a policy that allows only pods blocks it, and each call hangs until it times out.',
    whatToDo: 'Allow the API server to reach the port of the webhook (an ipBlock, or no `from`), or delete the policy.',
  },
  *look(input) {
    const { view, now } = input;
    const done = new Set<string>();
    for (const { hook, calls } of failingHooks(input)) {
      const silent = calls.filter(({ refusal }) =>
        ['timeout', 'no route', 'connection closed', 'connection refused'].includes(refusal.how),
      );
      if (hook.service === undefined || silent.length === 0) continue;
      const { pods } = serviceBackends(view, hook.service.namespace, hook.service.name);
      for (const policy of view.inNamespace('NetworkPolicy', hook.service.namespace)) {
        if (done.has(policy.metadata.uid) || !pods.some(pod => isolates(policy, pod)) || allowsOutsideTraffic(policy))
          continue;
        done.add(policy.metadata.uid);
        yield blockedCalls(view, policy, hook, silent, now);
      }
    }
  },
};

/** Whether it allows traffic from outside the pod network: from an address range, or from everywhere. */
const allowsOutsideTraffic = ({ spec }: ViewObject): boolean =>
  list(spec.ingress).some(
    one => list(one.from).length === 0 || list(one.from).some(from => fields(from.ipBlock).cidr !== undefined),
  );

function blockedCalls(
  view: ClusterView,
  policy: ViewObject,
  hook: Hook,
  calls: readonly FailedCall[],
  now: number,
): FindingDraft {
  const { name, namespace = '' } = policy.metadata;
  return {
    severity: hook.blocking && scopeOf(view, hook).matchesAnything ? 'high' : 'warn',
    object: policy,
    summary: `the NetworkPolicy blocks the API server from a webhook: calls of ${hook.name} time out`,
    since: seenSince(calls, now),
    evidence: [
      `spec.podSelector: ${JSON.stringify(policy.spec.podSelector ?? {})} selects the pods behind Service ${namespace}/${hook.service?.name}`,
      `spec.ingress: ${JSON.stringify(policy.spec.ingress ?? [])}`,
      ...calls.slice(0, 2).map(callEvidence),
    ],
    cause:
      'The policy isolates the pods of the webhook and allows traffic at most from other pods. The API server is not one of them. The pods stay ready, because the probes of the kubelet are always allowed.',
    fixes: [
      {
        text: 'Add an ingress rule for the port of the webhook that allows the API server (without `from`, or with an ipBlock of its addresses).',
        command: command(view, ['kubectl', 'edit', 'networkpolicy', name, '-n', namespace]),
      },
      {
        text: 'Or delete the NetworkPolicy.',
        command: command(view, ['kubectl', 'delete', 'networkpolicy', name, '-n', namespace]),
        safe: false,
      },
      ...(hook.blocking ? [ignoreFix(view, hook)] : []),
    ],
  };
}
