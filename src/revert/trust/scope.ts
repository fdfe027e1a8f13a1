import type { Discovery } from '../../kube/discovery/discovery.ts';

/** The scope of a kind, from the server's discovery; `unknown` if the server does not serve the kind or could not be read. */
export type ScopeOf = (apiVersion: string, kind: string) => 'namespaced' | 'cluster' | 'unknown';

/** The scope comes from discovery, never from a record, because its author may have written anything. */
export function scopesIn(discovery: Pick<Discovery, 'byKind'> | undefined): ScopeOf {
  return (apiVersion, kind) => {
    const resource = discovery?.byKind(apiVersion, kind);
    if (resource === undefined) return 'unknown';
    return resource.namespaced ? 'namespaced' : 'cluster';
  };
}
