/** A rule of a role: what may be done. */
export interface Rule {
  verbs: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  resourceNames?: readonly string[];
  nonResourceURLs?: readonly string[];
}

/** The attributes of one request. */
export interface Attributes {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** Set instead of a resource for paths such as `/healthz`. */
  path?: string;
}

const includes = (list: readonly string[] | undefined, value: string) =>
  list !== undefined && (list.includes('*') || list.includes(value));

function coversResource(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  const full = subresource ? `${resource}/${subresource}` : resource;
  return includes(resources, full) || (subresource !== '' && (resources ?? []).includes(`*/${subresource}`));
}

function coversPath(urls: readonly string[] | undefined, path: string): boolean {
  return (urls ?? []).some(url => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
}

/** Whether the rule allows the request. */
export function allows(rule: Rule, wanted: Attributes): boolean {
  if (!includes(rule.verbs, wanted.verb)) return false;
  if (wanted.path !== undefined) return coversPath(rule.nonResourceURLs, wanted.path);
  if (!includes(rule.apiGroups, wanted.group)) return false;
  if (!coversResource(rule.resources, wanted.resource, wanted.subresource)) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(wanted.name);
}
