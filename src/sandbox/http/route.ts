/** A request path that names a resource. */
export interface ResourcePath {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** What follows the subresource, for `proxy`. */
  rest?: string;
  /** The old form with `/watch/` in the path. */
  watch: boolean;
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/**
 * The resource a path names: `/api/v1/…` or `/apis/<group>/<version>/…`. Undefined for discovery and every other path.
 * Segments are percent-decoded.
 */
export function resourcePath(pathname: string): ResourcePath | undefined {
  const parts = pathname.split('/').slice(1).map(decode);
  if (parts.at(-1) === '') parts.pop();
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const group = core ? '' : (parts[1] ?? '');
  const version = parts[core ? 1 : 2] ?? '';
  let rest = parts.slice(core ? 2 : 3);
  const watch = rest[0] === 'watch' && rest.length > 1;
  if (watch) rest = rest.slice(1);
  if (!version || rest.length === 0) return undefined;
  return { group, version, watch, ...split(rest) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function split(parts: readonly string[]): Omit<ResourcePath, 'group' | 'version' | 'watch'> {
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] ?? '');
  const [resource = '', name, subresource, ...rest] = inNamespace ? parts.slice(2) : parts;
  // An empty name is none: all namespaces are meant.
  const namespace = inNamespace ? parts[1] || undefined : resource === 'namespaces' ? name : undefined;
  return {
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(rest.length > 0 ? { rest: rest.join('/') } : {}),
  };
}
