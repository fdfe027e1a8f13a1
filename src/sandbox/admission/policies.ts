import type { Call, Kernel } from '../api/kernel.ts';
import { type Cel, celOf } from '../cel/cel.ts';
import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../selector.ts';
import { StatusError } from '../status.ts';
import { matchesConditions } from './conditions.ts';
import { matchesRequest, type Operation, type Webhook } from './match.ts';

const GROUP = 'admissionregistration.k8s.io';
const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 };

/** A write as admission policies evaluate it. */
export interface Admitted {
  readonly operation: Operation;
  readonly object: KubeObject | undefined;
  readonly before: KubeObject | undefined;
}

/** The match constraints of a policy or a binding in the form of a webhook. */
const matcher = (match: Fields, rules: string): Webhook => ({
  name: '',
  clientConfig: {},
  rules: each(match, rules) as unknown as NonNullable<Webhook['rules']>,
  ...(match.namespaceSelector ? { namespaceSelector: match.namespaceSelector } : {}),
  ...(match.objectSelector ? { objectSelector: match.objectSelector } : {}),
});

function isMatched(kernel: Kernel, match: Fields | undefined, call: Call, write: Admitted): boolean {
  if (!match) return true;
  const meets = (hook: Webhook) => matchesRequest(kernel, hook, call, write.operation, write.object, write.before);
  const every = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*', '*'] }];
  const included = matcher(match, 'resourceRules');
  if (!meets((included.rules ?? []).length > 0 ? included : { ...included, rules: every })) return false;
  return !meets(matcher({ ...match, namespaceSelector: {}, objectSelector: {} }, 'excludeResourceRules'));
}

/** The parameter objects that one binding gives to a policy. An entry is undefined when the policy has no parameters. */
function parametersOf(kernel: Kernel, policy: Fields, binding: Fields, call: Call): (KubeObject | undefined)[] {
  const kind = part(policy, 'paramKind');
  const ref = part(binding, 'paramRef');
  if (!kind || !ref) return [undefined];
  const [group = '', version] = String(kind.apiVersion).split('/');
  const info = kernel.registry.byKind(version === undefined ? '' : group, String(kind.kind));
  const namespace = typeof ref.namespace === 'string' && ref.namespace !== '' ? ref.namespace : call.namespace;
  const all = info ? kernel.store.list(info.key, info.namespaced ? namespace : undefined) : [];
  const requirements = requirementsOf((ref.selector ?? {}) as LabelSelector);
  return all.filter(({ metadata }) =>
    ref.name ? metadata.name === ref.name : satisfies(metadata.labels, requirements),
  );
}

/** The variables that expressions can use. */
export function scopeOf(kernel: Kernel, call: Call, { operation, object, before }: Admitted): Record<string, unknown> {
  const { info, version, subresource, namespace, name, user, dryRun } = call;
  return {
    object: object ?? null,
    oldObject: before ?? null,
    namespaceObject: namespace === undefined ? null : (kernel.store.get('namespaces', undefined, namespace) ?? null),
    request: {
      kind: { group: info.group, version, kind: info.kind },
      resource: { group: info.group, version, resource: info.resource },
      subResource: subresource,
      name: name || object?.metadata.name || '',
      namespace: namespace ?? '',
      operation,
      userInfo: user,
      dryRun,
    },
  };
}

/** Adds `variables` to the scope. Each variable is evaluated when it is first read. */
function withVariables(policy: Fields, scope: Record<string, unknown>): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  const full = { ...scope, variables };
  for (const { name, expression } of each(policy, 'variables'))
    Object.defineProperty(variables, String(name), {
      enumerable: true,
      get: () => celOf(String(expression)).value(full),
    });
  return full;
}

interface Denial {
  readonly message: string;
  readonly reason: string;
}

function denialMessage(validation: Fields, scope: Record<string, unknown>): string {
  const { message, messageExpression, expression } = validation;
  if (messageExpression) {
    const dynamicMessage = celOf(String(messageExpression)).tryValue(scope);
    if (typeof dynamicMessage === 'string' && dynamicMessage.trim() !== '') return dynamicMessage;
  }
  return message ? String(message) : `failed expression: ${String(expression).trim()}`;
}

/** Why one validation does not hold; undefined when it does. */
function denialOf(validation: Fields, scope: Record<string, unknown>, failClosed: boolean): Denial | undefined {
  const expression: Cel = celOf(String(validation.expression));
  try {
    if (expression.value(scope) === true) return undefined;
  } catch (error) {
    if (!failClosed) return undefined;
    const message = `expression '${String(validation.expression)}' resulted in error: ${(error as Error).message}`;
    return { message, reason: 'Invalid' };
  }
  return { message: denialMessage(validation, scope), reason: String(validation.reason ?? 'Invalid') };
}

function denialsUnder(kernel: Kernel, policy: Fields, binding: Fields, call: Call, write: Admitted): Denial[] {
  const failClosed = policy.failurePolicy !== 'Ignore';
  const parameters = parametersOf(kernel, policy, binding, call);
  if (parameters.length === 0)
    return part(binding, 'paramRef')?.parameterNotFoundAction === 'Deny'
      ? [
          {
            message:
              'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
            reason: 'Invalid',
          },
        ]
      : [];
  return parameters.flatMap(params => {
    const scope = withVariables(policy, { ...scopeOf(kernel, call, write), params: params ?? null });
    if (!matchesConditions(policy.matchConditions, scope, failClosed)) return [];
    return each(policy, 'validations').flatMap(validation => denialOf(validation, scope, failClosed) ?? []);
  });
}

function deny({ info, name }: Call, object: KubeObject | undefined, message: string, reason: string): StatusError {
  const named = name || object?.metadata.name || '';
  const resource = info.group ? `${info.resource}.${info.group}` : info.resource;
  return new StatusError(
    CODES[reason] ?? 422,
    reason,
    `${resource} ${JSON.stringify(named)} is forbidden: ${message}`,
    {
      name: named,
      ...(info.group ? { group: info.group } : {}),
      kind: info.resource,
      causes: [{ message }],
    },
  );
}

/** Refuses a write that a bound policy denies. Adds a warning for each binding whose action is only to warn. */
export function applyPolicies(kernel: Kernel, call: Call, write: Admitted): void {
  if (call.info.group === GROUP) return;
  for (const binding of kernel.store.list(`validatingadmissionpolicybindings.${GROUP}`)) {
    const bound = part(binding, 'spec') ?? {};
    const found = kernel.store.get(`validatingadmissionpolicies.${GROUP}`, undefined, String(bound.policyName));
    const policy = part(found, 'spec');
    if (!isRecord(policy)) continue;
    const matched =
      isMatched(kernel, part(policy, 'matchConstraints'), call, write) &&
      isMatched(kernel, part(bound, 'matchResources'), call, write);
    if (!matched) continue;
    const actions = Array.isArray(bound.validationActions) ? bound.validationActions : [];
    const by = `ValidatingAdmissionPolicy '${String(bound.policyName)}' with binding '${binding.metadata.name}'`;
    for (const { message, reason } of denialsUnder(kernel, policy, bound, call, write)) {
      if (actions.includes('Warn')) call.warnings.push(`Validation failed for ${by}: ${message}`);
      if (actions.includes('Deny'))
        throw deny(call, write.object ?? write.before, `${by} denied request: ${message}`, reason);
    }
  }
}
