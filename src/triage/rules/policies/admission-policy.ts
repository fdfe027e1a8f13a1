import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, strings, text } from '../../../k8s/fields.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { bindingsOf, POLICIES, paramsOf } from '../../facts/admission-policies.ts';
import { nearest } from '../../facts/near-miss.ts';
import { quotedRefusal, type ReportedRefusal, reportedRefusals } from '../../facts/refusals.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';

/** A policy that denies every request in its scope, because the params of its binding do not exist. */
export const policyParams: Rule = {
  id: 'policies/params-missing',
  gate: 'G4',
  needs: POLICIES.flatMap(({ policy, binding }) => [policy, binding]),
  wants: ['Application', 'Deployment', 'ReplicaSet', 'ConfigMap'],
  about: {
    looksAt:
      'The params object that each binding of a ValidatingAdmissionPolicy or MutatingAdmissionPolicy names, and denials that report `no params found`.',
    why: 'With parameterNotFoundAction Deny, a binding whose params object is missing denies every request in its scope, like an unavailable webhook with failurePolicy Fail.',
    whatToDo: 'Restore the params object, or set parameterNotFoundAction to Allow.',
  },
  *asks({ view }) {
    for (const bound of bindingsOf(view)) {
      const ref = paramsOf(bound);
      if (ref !== undefined) yield { is: 'object', ref } satisfies NamedRead;
    }
  },
  *look(looking) {
    const { view, answers } = looking;
    const seen = [...reportedRefusals(view)].filter(
      ({ refusal }) => refusal.is === 'policy denied' && refusal.paramsMissing,
    );
    for (const bound of bindingsOf(view)) {
      const { binding, policyName } = bound;
      const ref = paramsOf(bound);
      const answer = ref && answers.object(ref);
      const gone = answer !== undefined && !answer.ok && answer.reason === 'not-found';
      const denials = seen.filter(
        ({ refusal }) =>
          refusal.is === 'policy denied' &&
          refusal.binding === binding.metadata.name &&
          refusal.policy === policyName &&
          refusal.validating === (binding.kind === 'ValidatingAdmissionPolicyBinding'),
      );
      const blocks = text(fields(binding.spec.paramRef).parameterNotFoundAction) === 'Deny' && bound.refuses;
      if (gone || denials.length > 0) yield paramsMissing(looking, binding, ref, denials, blocks || denials.length > 0);
    }
  },
};

function paramsMissing(
  { view }: RuleInput,
  binding: ViewObject,
  ref: ObjectRef | undefined,
  denials: readonly ReportedRefusal[],
  blocks: boolean,
): FindingDraft {
  const near =
    ref?.kind === 'ConfigMap'
      ? nearest(
          ref.name,
          view.inNamespace('ConfigMap', ref.namespace ?? '').map(({ metadata }) => metadata.name),
        )
      : undefined;
  const what =
    ref === undefined ? 'the params object' : `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
  return {
    severity: blocks ? 'high' : 'warn',
    object: binding,
    summary: `the params of admission policy ${text(binding.spec.policyName)} are not found (${what})${blocks ? ': every request in its scope is denied' : ''}`,
    evidence: [
      `spec.paramRef: ${JSON.stringify(binding.spec.paramRef ?? {})}`,
      binding.spec.validationActions !== undefined &&
        `spec.validationActions: ${strings(binding.spec.validationActions).join(', ')}`,
      ...denials.slice(0, 2).map(quotedRefusal),
    ],
    cause: `The parameter object that the binding names is missing${near === undefined ? '' : `; there is ${near}`}, and parameterNotFoundAction is ${text(fields(binding.spec.paramRef).parameterNotFoundAction) || 'not set'}.`,
    fixes: [
      {
        text: `Restore the params object: ${what}${near === undefined ? '' : `, or refer to ${near} in the binding`}.`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(binding))]),
      },
      {
        text: 'Until then, allow requests: set parameterNotFoundAction to Allow.',
        command: patchCommand(view, named(refOf(binding)), 'merge', {
          spec: { paramRef: { parameterNotFoundAction: 'Allow' } },
        }),
      },
    ],
  };
}

/** A policy with broken expressions, or a binding without a policy. */
export const policyBroken: Rule = {
  id: 'policies/broken',
  gate: 'G4',
  needs: POLICIES.flatMap(({ policy, binding }) => [policy, binding]),
  about: {
    looksAt:
      'Bindings whose policy does not exist, and type-checking warnings of the API server about the expressions of a policy (status.typeChecking).',
    why: 'A binding to a policy that does not exist enforces nothing. An expression that cannot be evaluated denies every request if failurePolicy is Fail.',
    whatToDo: 'Correct the name in the binding, or the expression in the policy.',
  },
  *look({ view }) {
    for (const { binding, policyName: name, policy } of bindingsOf(view)) {
      if (policy !== undefined) continue;
      const kind = binding.kind.replace(/Binding$/, '') as (typeof POLICIES)[number]['policy'];
      const near = nearest(
        name,
        [...view.all(kind)].map(({ metadata }) => metadata.name),
      );
      yield {
        severity: 'warn',
        object: binding,
        summary: `it refers to admission policy ${name}, which is not found: nothing is ${kind === 'MutatingAdmissionPolicy' ? 'changed' : 'enforced'}`,
        evidence: [`spec.policyName: ${name}`],
        cause: near === undefined ? 'The policy was deleted, or never created.' : `There is a policy ${near}.`,
        fixes: [
          {
            text: near === undefined ? 'Create the policy, or delete the binding.' : `Refer to ${near} in the binding.`,
            command: command(view, ['kubectl', 'edit', ...named(refOf(binding))]),
          },
        ],
      };
    }
    for (const policy of view.all('ValidatingAdmissionPolicy')) {
      const warnings = list(fields(policy.status.typeChecking).expressionWarnings);
      if (warnings.length === 0) continue;
      yield {
        severity: 'warn',
        object: policy,
        summary: 'expressions of the admission policy do not fit the schema of the objects that it matches',
        evidence: warnings.slice(0, 5).map(one => `status.typeChecking ${text(one.fieldRef)}: "${text(one.warning)}"`),
        fixes: [
          {
            text: 'Correct the expressions.',
            command: command(view, ['kubectl', 'edit', ...named(refOf(policy))]),
          },
        ],
      };
    }
  },
};
