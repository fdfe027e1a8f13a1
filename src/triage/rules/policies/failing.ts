import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { POLICIES } from '../../facts/admission-policies.ts';
import { undoneBy } from '../../facts/claims.ts';
import type { Refusal } from '../../facts/refusal.ts';
import { quotedRefusal, type ReportedRefusal, reportedRefusals } from '../../facts/refusals.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

type Denied = Extract<Refusal, { is: 'policy denied' }>;

/** Denials by policies whose expression could not be evaluated, grouped by policy. */
function failuresOf(view: ClusterView): Map<ViewObject, { denied: Denied; seen: ReportedRefusal[] }> {
  const found = new Map<ViewObject, { denied: Denied; seen: ReportedRefusal[] }>();
  for (const one of reportedRefusals(view)) {
    if (one.refusal.is !== 'policy denied' || one.refusal.failed === undefined) continue;
    const { policy: name } = one.refusal;
    for (const { policy: kind } of POLICIES) {
      const policy = view.get(kind, undefined, name);
      if (policy === undefined || !isOf(one.refusal, kind)) continue;
      const known = found.get(policy);
      if (known) known.seen.push(one);
      else found.set(policy, { denied: one.refusal, seen: [one] });
    }
  }
  return found;
}

/** Messages of mutating policies do not name their kind. */
const isOf = ({ validating }: Denied, kind: string): boolean => validating === (kind === 'ValidatingAdmissionPolicy');

/** A policy that denies requests because its own expression fails. */
export const policyFailing: Rule = {
  id: 'policies/failing',
  gate: 'G4',
  needs: ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'],
  wants: ['Application', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'Event'],
  about: {
    looksAt:
      'Denials that report that an expression of a ValidatingAdmissionPolicy or MutatingAdmissionPolicy `resulted in error`.',
    why: 'An expression that reads a field which an object does not have fails (`no such key`). With failurePolicy Fail the API server then denies the request, although the policy was not meant to.',
    whatToDo:
      'Check that the field exists before reading it: has(object.metadata.labels) && "team" in object.metadata.labels. Until then, failurePolicy Ignore lets requests pass.',
  },
  *look({ view, now }) {
    for (const [policy, { denied, seen }] of failuresOf(view)) yield report(view, policy, denied, seen, now);
  },
};

function report(
  view: ClusterView,
  policy: ViewObject,
  denied: Denied,
  seen: readonly ReportedRefusal[],
  now: number,
): FindingDraft {
  const at = Math.min(...seen.map(one => one.at ?? now));
  const mutates = policy.kind === 'MutatingAdmissionPolicy';
  const refused = new Set(seen.map(({ about }) => `${about.kind} ${about.metadata.namespace}/${about.metadata.name}`));
  return {
    severity: 'high',
    object: policy,
    summary: `an expression of the admission policy fails, so the policy denies requests that it should only ${mutates ? 'change' : 'check'}: ${denied.failed}`,
    since: { at, exact: false },
    evidence: [
      `spec.failurePolicy: ${text(policy.spec.failurePolicy) || 'Fail'}`,
      ...seen.slice(0, 2).map(quotedRefusal),
      ...list(fields(policy.status.typeChecking).expressionWarnings)
        .slice(0, 2)
        .map(one => `status.typeChecking ${text(one.fieldRef)}: "${text(one.warning)}"`),
    ],
    cause: `The expression of the policy results in an error (${denied.failed}) for ${[...refused].slice(0, 3).join(', ')}, and with failurePolicy Fail the request is then denied.`,
    fixes: [
      {
        text: `Correct the expression: check that the field exists (has(…), "key" in map, or orValue) before reading it.${undoneBy(view, policy)}`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(policy))]),
      },
      {
        text: 'Until then, let requests pass for which the expression cannot be evaluated: set failurePolicy to Ignore.',
        command: patchCommand(view, named(refOf(policy)), 'merge', { spec: { failurePolicy: 'Ignore' } }),
      },
    ],
    because: [causeOf(refOf(policy), 'chaos/')],
  };
}
