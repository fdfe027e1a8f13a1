import { each, part } from '../defaults/fill.ts';
import type { StatusCause } from '../status.ts';
import { conditionCauses, expressionCause } from './crd/expressions.ts';
import { invalidValue, required, unsupported } from './field.ts';
import { type Rule, specOf } from './rule.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

function constraintCauses(constraints: Record<string, unknown> | undefined): StatusCause[] {
  const field = 'spec.matchConstraints';
  if (!constraints) return [required(field)];
  return each(constraints, 'resourceRules').length > 0 ? [] : [required(`${field}.resourceRules`)];
}

/** What is wrong with a ValidatingAdmissionPolicy. */
export const admissionPolicy: Rule = object => {
  const spec = specOf(object);
  const validations = each(spec, 'validations');
  const parameters = part(spec, 'paramKind');
  const isEmpty = validations.length === 0 && each(spec, 'auditAnnotations').length === 0;
  const nothing = 'validations or auditAnnotations must contain at least one item';
  return [
    ...(['Fail', 'Ignore'].includes(String(spec.failurePolicy))
      ? []
      : [unsupported('spec.failurePolicy', spec.failurePolicy, ['Fail', 'Ignore'])]),
    ...(parameters ? ['apiVersion', 'kind'] : [])
      .filter(name => !parameters?.[name])
      .map(name => required(`spec.paramKind.${name}`)),
    ...constraintCauses(part(spec, 'matchConstraints')),
    ...conditionCauses(spec, 'spec'),
    ...(isEmpty ? ['spec.validations', 'spec.auditAnnotations'].map(field => required(field, nothing)) : []),
    ...validations.flatMap(({ expression, reason }, i) => [
      ...(expression
        ? expressionCause(`spec.validations[${i}].expression`, String(expression))
        : [required(`spec.validations[${i}].expression`, 'expression is not specified')]),
      ...(reason === undefined || REASONS.includes(String(reason))
        ? []
        : [unsupported(`spec.validations[${i}].reason`, reason, REASONS)]),
    ]),
  ];
};

/** What is wrong with the binding of one. */
export const admissionBinding: Rule = object => {
  const { policyName, validationActions } = specOf(object);
  const actions = Array.isArray(validationActions) ? validationActions : [];
  const field = 'spec.validationActions';
  const both =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
  return [
    ...(policyName ? [] : [required('spec.policyName')]),
    ...(actions.length > 0 ? [] : [required(field, 'at least one validation action is required')]),
    ...actions.flatMap((action, i) =>
      ACTIONS.includes(String(action)) ? [] : [unsupported(`${field}[${i}]`, action, ACTIONS)],
    ),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [invalidValue(field, actions, both)] : []),
  ];
};
