import type { Discovery } from '../../kube/discovery/discovery.ts';

/** Where objects of a kind live, as the server itself says; `unknown` where it serves no such kind or could not be asked. */
export type ScopeOf = (apiVersion: string, kind: string) => 'namespaced' | 'cluster' | 'unknown';

/** A record is never asked where a kind lives: whoever wrote it may have written anything. */
export function scopesIn(discovery: Pick<Discovery, 'byKind'> | undefined): ScopeOf {
  return (apiVersion, kind) => {
    const resource = discovery?.byKind(apiVersion, kind);
    if (resource === undefined) return 'unknown';
    return resource.namespaced ? 'namespaced' : 'cluster';
  };
}
