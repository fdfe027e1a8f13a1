import type { Discovery } from '../../kube/discovery/discovery.ts';

/** Where objects of a kind live, as the server itself says; `unknown` where it serves no such kind or could not be asked. */
export type ScopeOf = (apiVersion: string, kind: string) => 'namespaced' | 'cluster' | 'unknown';

/** What a record says of a kind's namespace is never asked: whoever wrote it may have written anything. */
export function scopesIn(discovery: Pick<Discovery, 'byKind'> | undefined): ScopeOf {
  return (apiVersion, kind) => {
    const resource = discovery?.byKind(apiVersion, kind);
    if (resource === undefined) return 'unknown';
    return resource.namespaced ? 'namespaced' : 'cluster';
  };
}
