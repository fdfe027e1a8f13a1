import type { ApiResource } from '../discovery/discovery.ts';

/** The URL path of a resource's collection, or of one object and its subresource. `namespace` is ignored for cluster-scoped kinds. */
export function resourcePath(
  resource: ApiResource,
  place: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined },
): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const parts = [
    ...(resource.namespaced && place.namespace ? ['namespaces', place.namespace] : []),
    resource.resource,
    ...(place.name === undefined ? [] : [place.name]),
    ...(place.subresource ? place.subresource.split('/') : []),
  ];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}

/** A query string with its `?`, or nothing; undefined values are left out. */
export function queryString(query: Record<string, string | number | boolean | undefined>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
