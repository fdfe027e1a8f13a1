import type { UserInfo } from '../context.ts';
import { StatusError } from '../status.ts';
import type { Decision } from './authorizer.ts';
import type { Attributes } from './rules.ts';

/** The refusal of something the user may not do, in the server's words. */
export function notAllowed(user: UserInfo, wanted: Attributes, decision: Decision): StatusError {
  const { verb, group, resource, subresource, namespace, name, path } = wanted;
  const because = decision.reason ? `: ${decision.reason}` : '';
  if (path !== undefined)
    return new StatusError(
      403,
      'Forbidden',
      `forbidden: User ${JSON.stringify(user.username)} cannot ${verb} path ${JSON.stringify(path)}${because}`,
      {},
    );
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const what = `${group ? `${resource}.${group}` : resource}${name ? ` "${name}"` : ''}`;
  const message = `${what} is forbidden: User ${JSON.stringify(user.username)} cannot ${verb} resource "${full}" in API group "${group}" ${where}${because}`;
  return new StatusError(403, 'Forbidden', message, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    kind: resource,
  });
}
