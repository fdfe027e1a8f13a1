import type { Permission } from '../faults/contract.ts';
import { type AccessQuestion, checkAccess } from '../kube/client/access.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import type { ApiResource, Discovery } from '../kube/discovery/discovery.ts';
import { type GateResult, pass, stop } from './gate.ts';

/** A permission with the answer of the cluster. */
export interface ReviewedPermission extends Permission {
  /** The plural in URLs; the kind in lower case if the cluster does not serve it. */
  resource: string;
  allowed: boolean | 'blind';
  reason?: string;
}

/** Asks the cluster for each permission whether the current user has it. */
export async function reviewPermissions(
  api: Api,
  permissions: readonly Permission[],
  signal?: AbortSignal,
): Promise<ReviewedPermission[]> {
  const discovered = await api.discovery();
  const resources = permissions.map(permission => resourceOf(permission, discovered));
  const askable = permissions.flatMap((permission, index) => {
    const resource = resources[index];
    return resource === undefined ? [] : [questionOf(permission, resource)];
  });
  const answers = (await checkAccess(api, askable, signal === undefined ? {} : { signal })).values();
  return permissions.map((permission, index) => {
    const resource = resources[index];
    if (resource === undefined) {
      const reason = discovered.ok
        ? `the cluster serves no ${permission.kind} in group "${permission.group}"`
        : discovered.message;
      return { ...permission, resource: permission.kind.toLowerCase(), allowed: 'blind', reason };
    }
    const answer = answers.next().value;
    const allowed = answer === undefined || answer.allowed === 'unknown' ? 'blind' : answer.allowed === 'yes';
    return {
      ...permission,
      resource: resource.resource,
      allowed,
      ...(answer?.reason === undefined ? {} : { reason: answer.reason }),
    };
  });
}

function resourceOf(permission: Permission, discovered: Outcome<Discovery>): ApiResource | undefined {
  if (!discovered.ok) return undefined;
  return discovered.value.resources.find(item => item.group === permission.group && item.kind === permission.kind);
}

/** The namespace of an owner is taken from the object that it owns; a cluster-scoped owner has none. */
function questionOf(permission: Permission, { resource, namespaced }: ApiResource): AccessQuestion {
  const { verb, group, subresource, namespace, name } = permission;
  return {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined || !namespaced ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** A resource as `kubectl auth can-i` takes it: `deployments.apps/finalizers`. */
export function resourceText({
  resource,
  group,
  subresource,
}: {
  resource: string;
  group: string;
  subresource?: string;
}): string {
  return `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** The gate that requires every permission, for injecting and for reverting. */
export function permissionGate(reviewed: readonly ReviewedPermission[], who: string): GateResult {
  const needed = reviewed.filter(item => item.optional === undefined);
  const denied = needed.filter(item => item.allowed === false);
  if (denied.length > 0)
    return stop('permissions', `${who} may not ${denied.map(permissionText).join(', ')}`, 'forbidden');
  const blind = needed.filter(item => item.allowed === 'blind');
  if (blind.length > 0) {
    return stop(
      'permissions',
      `the cluster did not say whether ${who} may ${permissionText(blind[0] as ReviewedPermission)}: ${blind[0]?.reason ?? 'no answer'}`,
      'blind',
    );
  }
  const missing = reviewed.filter(item => item.allowed !== true);
  const lost = missing.map(item => `; without ${permissionText(item)} ${item.optional}`).join('');
  return pass('permissions', `${who} may inject and revert (${reviewed.length} asked)${lost}`);
}

/**
 * The permissions that a revert needs and that are missing, a line each; undefined if the cluster denied none but did not answer for every
 * permission.
 */
export async function deniedForRevert(
  api: Api,
  permissions: readonly Permission[],
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  const needed = permissions.filter(item => item.for === 'revert' && item.optional === undefined);
  const reviewed = await reviewPermissions(api, needed, signal);
  const denied = reviewed.filter(item => item.allowed === false).map(permissionText);
  return denied.length === 0 && reviewed.some(item => item.allowed === 'blind') ? undefined : denied;
}

function permissionText(permission: ReviewedPermission): string {
  const { verb, namespace, for: purpose } = permission;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${verb} ${resourceText(permission)}${where} (to ${purpose})`;
}
