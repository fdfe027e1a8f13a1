import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { policyCauses } from '../../facts/admission-policies.ts';
import type { Refusal } from '../../facts/refusal.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import { edit } from '../pods/fixes.ts';
import { configurationsOf, type Explanation, type Refused } from './refusals.ts';

/** Explains pods refused by an admission policy. When its expression failed, the policy itself is at fault. */
export function explainPolicyDenial(
  view: ClusterView,
  top: Refused['top'],
  refusal: Extract<Refusal, { is: 'policy denied' }>,
): Explanation {
  const kind = refusal.validating ? 'ValidatingAdmissionPolicy' : 'MutatingAdmissionPolicy';
  const fails = refusal.failed !== undefined || refusal.paramsMissing;
  return {
    summary: fails
      ? `admission policy ${refusal.policy} cannot be evaluated and denies them: ${refusal.message}`
      : `admission policy ${refusal.policy} denies them: ${refusal.message}`,
    cause: `${kind} ${refusal.policy} (binding ${refusal.binding}) denies the pods: ${refusal.message}`,
    fixes: [
      fails ? undefined : edit(view, top, 'Change the pod template so that the policy accepts it.'),
      {
        text: `${fails ? 'Correct' : 'Or change'} the policy or its binding.`,
        command: command(view, ['kubectl', 'get', `${kind.toLowerCase()}/${refusal.policy}`, '-o', 'yaml']),
      },
    ],
    because: policyCauses(refusal),
  };
}

/** Explains pods refused by a webhook, or because it cannot be called. */
export function explainWebhookDenial(
  view: ClusterView,
  top: Refused['top'],
  refusal: Extract<Refusal, { is: 'webhook unavailable' | 'webhook denied' }>,
): Explanation {
  const configurations = configurationsOf(view, refusal.webhook);
  const because: Cause[] = configurations.map(one => causeOf({ kind: one.kind, name: one.metadata.name }));
  if (refusal.is === 'webhook unavailable') {
    const service = refusal.service;
    return {
      summary: `admission webhook ${refusal.webhook} cannot be called: ${refusal.detail}`,
      cause: `The API server cannot call webhook ${refusal.webhook}, and its failurePolicy is Fail: ${refusal.detail}`,
      fixes: [
        {
          text: 'Fix the webhook, which blocks these pods.',
          command: command(view, ['kubectl', 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations']),
        },
      ],
      because: [
        ...because,
        ...(service
          ? [{ kind: 'Service', name: service.name, ...(service.namespace && { namespace: service.namespace }) }]
          : []),
      ],
    };
  }
  return explainDenial(view, top, refusal, because);
}

/** Denials of Kyverno and Gatekeeper name the policy; those of other webhooks have only a message. */
function explainDenial(
  view: ClusterView,
  top: Refused['top'],
  { webhook, message, hits }: Extract<Refusal, { is: 'webhook denied' }>,
  because: Cause[],
): Explanation {
  const namespace = top.ref.namespace ?? '';
  const [hit] = hits;
  const policies = [...new Set(hits.map(({ policy }) => policy))];
  const violations = hits.map(one => one.message).join('; ') || message;
  const isGatekeeper = /gatekeeper/.test(webhook);
  const noun = isGatekeeper ? 'constraint' : 'policy';
  const show = isGatekeeper ? ['constraints'] : ['clusterpolicies.kyverno.io,policies.kyverno.io', '-n', namespace];
  return {
    summary:
      policies.length > 0
        ? `${noun} ${policies.join(', ')} denies them: ${violations} (webhook ${webhook})`
        : `admission webhook ${webhook} denies them: ${message}`,
    cause: `${policies.length > 0 ? `The ${noun} ${policies.join(', ')}, enforced by webhook ${webhook},` : `Webhook ${webhook}`} refuses the pods: ${violations}`,
    fixes: [
      edit(
        view,
        top,
        `Change the pod template so that ${hit ? `${noun} ${hit.policy}` : 'the webhook'} accepts it: ${violations}.`,
      ),
      policies.length > 0
        ? {
            text: `Or change ${noun} ${policies.join(', ')}, or exempt namespace ${namespace} from it, if these pods are correct as they are.`,
            command: command(view, ['kubectl', 'get', ...show]),
          }
        : undefined,
    ],
    because: [
      ...because,
      ...policies.flatMap(name =>
        ['ClusterPolicy', 'Policy', 'ConstraintTemplate'].map(kind => ({
          kind,
          name,
          ...(kind === 'Policy' && namespace && { namespace }),
        })),
      ),
    ],
  };
}
