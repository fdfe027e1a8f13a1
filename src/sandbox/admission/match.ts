import type { Call, Kernel } from '../api/kernel.ts';
import type { KubeObject } from '../object.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../selector.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A webhook of a configuration, defaulted. */
export interface Webhook {
  name: string;
  clientConfig: {
    url?: string;
    caBundle?: string;
    service?: { namespace: string; name: string; path?: string; port?: number };
  };
  rules?: readonly {
    operations: readonly string[];
    apiGroups: readonly string[];
    apiVersions: readonly string[];
    resources: readonly string[];
    scope?: string;
    /** Of admission policies only. */
    resourceNames?: readonly string[];
  }[];
  failurePolicy?: string;
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  timeoutSeconds?: number;
  matchConditions?: readonly { name: string; expression: string }[];
}

const includes = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);

function coversResource(patterns: readonly string[], resource: string, subresource: string): boolean {
  return patterns.some(pattern => {
    const [main = '', sub] = pattern.split('/');
    if (main !== '*' && main !== resource) return false;
    if (sub === undefined) return subresource === '';
    return sub === '*' || sub === subresource;
  });
}

function coveredByRules(
  { rules }: Webhook,
  { info, version, subresource }: Call,
  operation: Operation,
  name: string,
): boolean {
  return (rules ?? []).some(
    rule =>
      includes(rule.operations, operation) &&
      includes(rule.apiGroups, info.group) &&
      includes(rule.apiVersions, version) &&
      coversResource(rule.resources, info.resource, subresource) &&
      (!rule.resourceNames?.length || rule.resourceNames.includes(name)) &&
      (!rule.scope || rule.scope === '*' || (rule.scope === 'Namespaced') === info.namespaced),
  );
}

const labelsMatch = (selector: LabelSelector | undefined, object: KubeObject | undefined): boolean =>
  object !== undefined && satisfies(object.metadata.labels, requirementsOf(selector ?? {}));

function namespaceMatches(kernel: Kernel, hook: Webhook, call: Call, object: KubeObject | undefined): boolean {
  const selector = hook.namespaceSelector ?? {};
  if (Object.keys(selector).length === 0) return true;
  if (call.info.key === 'namespaces') return labelsMatch(selector, object);
  if (!call.info.namespaced) return true;
  return labelsMatch(selector, kernel.store.get('namespaces', undefined, call.namespace ?? ''));
}

/** Whether the webhook is to be asked about this write. */
export function matchesRequest(
  kernel: Kernel,
  hook: Webhook,
  call: Call,
  operation: Operation,
  object: KubeObject | undefined,
  before: KubeObject | undefined,
): boolean {
  const name = call.name || object?.metadata.name || '';
  if (!coveredByRules(hook, call, operation, name)) return false;
  if (!namespaceMatches(kernel, hook, call, object ?? before)) return false;
  const selector = hook.objectSelector ?? {};
  return Object.keys(selector).length === 0 || labelsMatch(selector, object) || labelsMatch(selector, before);
}
