import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { fields, strings, text } from '../../k8s/fields.ts';
import type { ObjectRef } from '../../k8s/object.ts';

/** The admission policies that the API server evaluates itself: validating and mutating ones. */
export const POLICIES = [
  { policy: 'ValidatingAdmissionPolicy', binding: 'ValidatingAdmissionPolicyBinding' },
  { policy: 'MutatingAdmissionPolicy', binding: 'MutatingAdmissionPolicyBinding' },
] as const;

/** A binding, with the policy that it names. */
export interface Bound {
  binding: ViewObject;
  policyName: string;
  /** Undefined when that policy does not exist. */
  policy: ViewObject | undefined;
  /** Whether a request is refused when the policy cannot be evaluated. */
  refuses: boolean;
}

/** All bindings of both kinds. */
export function* bindingsOf(view: ClusterView): Iterable<Bound> {
  for (const kinds of POLICIES)
    for (const binding of view.all(kinds.binding)) {
      const policyName = text(binding.spec.policyName);
      const policy = view.get(kinds.policy, undefined, policyName);
      // Only validating bindings have actions: a binding that only audits or warns denies nothing.
      const denies =
        binding.spec.validationActions === undefined || strings(binding.spec.validationActions).includes('Deny');
      yield { binding, policyName, policy, refuses: denies && text(policy?.spec.failurePolicy) !== 'Ignore' };
    }
}

/** The params object that a binding names; undefined when it names none. */
export function paramsOf({ binding, policy }: Bound): ObjectRef | undefined {
  const ref = fields(binding.spec.paramRef);
  const kind = fields(policy?.spec.paramKind);
  if (text(ref.name) === '' || text(kind.kind) === '') return undefined;
  return {
    apiVersion: text(kind.apiVersion),
    kind: text(kind.kind),
    name: text(ref.name),
    ...(text(ref.namespace) !== '' && { namespace: text(ref.namespace) }),
  };
}

/** The policy and the binding that a denial names. */
interface Named {
  policy: string;
  binding: string;
}

/** The objects, of either kind of policy, that a denial may come from. */
export const policyCauses = ({ policy, binding }: Named): { kind: string; name: string }[] =>
  POLICIES.flatMap(kinds => [
    { kind: kinds.binding, name: binding },
    { kind: kinds.policy, name: policy },
  ]);
