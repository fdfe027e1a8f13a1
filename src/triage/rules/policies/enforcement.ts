import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { causeOf } from '../../finding/cause.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** Whether a Kyverno policy enforces its rules instead of only auditing them. */
const enforces = ({ spec }: ViewObject): boolean =>
  text(spec.validationFailureAction).toLowerCase() === 'enforce' ||
  list(spec.rules).some(rule => text(fields(rule.validate).failureAction).toLowerCase() === 'enforce');

const hasWebhooks = (view: ClusterView): boolean =>
  [...view.all('ValidatingWebhookConfiguration')].some(
    one =>
      /^kyverno-(resource|policy)-validating/.test(one.metadata.name) ||
      one.metadata.labels['webhook.kyverno.io/managed-by'] === 'kyverno',
  );

/** The number of failures of a policy in policy reports. */
const failuresOf = (view: ClusterView, policy: string): number =>
  (['PolicyReport', 'ClusterPolicyReport'] as const).reduce(
    (sum, kind) =>
      sum +
      [...view.all(kind)].reduce(
        (count, report) =>
          count + list(report.results).filter(one => text(one.policy) === policy && text(one.result) === 'fail').length,
        0,
      ),
    0,
  );

/** A policy that should be enforced but is not. */
export const policyUnenforced: Rule = {
  id: 'policies/unenforced',
  gate: 'G4',
  needs: ['ClusterPolicy', 'ValidatingWebhookConfiguration'],
  wants: ['PolicyReport', 'ClusterPolicyReport', 'Deployment'],
  about: {
    looksAt:
      'Kyverno policies in Enforce mode, whether the webhook configuration of Kyverno exists, and objects that violate the policies according to policy reports.',
    why: 'A policy that exists is not necessarily enforced: without its webhook Kyverno denies nothing, and nothing else shows that.',
    whatToDo:
      'Make sure that the admission controller of Kyverno is running: it registers its webhooks when it starts.',
  },
  *look({ view }) {
    const policies = [...view.all('ClusterPolicy')].filter(enforces);
    if (policies.length === 0) return;
    const missing = !hasWebhooks(view);
    for (const policy of policies) {
      const failures = failuresOf(view, policy.metadata.name);
      if (!missing && failures === 0) continue;
      yield {
        severity: missing && failures > 0 ? 'high' : 'warn',
        object: policy,
        summary: missing
          ? 'the policy should be enforced, but nothing enforces it: Kyverno has no webhook configuration'
          : `${counted(failures, 'existing object does', 'existing objects do')} not satisfy the policy`,
        evidence: [
          `spec.validationFailureAction: ${text(policy.spec.validationFailureAction) || '(by rule)'}`,
          `policy reports: ${counted(failures, 'failure')}`,
        ],
        cause: missing
          ? 'No kyverno-resource-validating-webhook-cfg exists.'
          : 'They were created before the policy, or while its webhook was unavailable.',
        fixes: [
          missing
            ? {
                text: 'Restart the admission controller of Kyverno, so that it registers its webhooks.',
                command: command(view, [
                  'kubectl',
                  'rollout',
                  'restart',
                  'deployment/kyverno-admission-controller',
                  '-n',
                  'kyverno',
                ]),
              }
            : {
                text: 'Correct the objects that the policy reports name.',
                command: command(view, ['kubectl', 'get', 'policyreports', '-A']),
              },
        ],
        because: missing
          ? [...view.all('Deployment')]
              .filter(({ metadata }) => metadata.name.startsWith('kyverno'))
              .map(one => causeOf(one))
          : [],
      };
    }
  },
};
