import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Write } from '../../injection/write/write.ts';
import type { Api } from '../../kube/client/api.ts';

/**
 * What a person must know where an object was created in a namespace that is younger than the injection: it is another one of that name,
 * and this object is all that was put back into it. Says nothing where the namespace or the time of the injection cannot be read.
 */
export async function namespaceAnew(api: Api, finding: FoundInjection, writes: readonly Write[]): Promise<string[]> {
  const created = writes.find(({ verb, on }) => verb === 'create' && on.namespace !== undefined);
  const since = finding.injectedAt ?? Date.parse(finding.live.metadata.creationTimestamp ?? '');
  if (created?.on.namespace === undefined || Number.isNaN(since)) return [];
  const got = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: created.on.namespace });
  if (!got.ok || !(Date.parse(got.value.metadata.creationTimestamp ?? '') > since)) return [];
  return [
    `Namespace ${created.on.namespace} is another one than at the injection: it was created since, and nothing else that was in the former one was put back`,
  ];
}
