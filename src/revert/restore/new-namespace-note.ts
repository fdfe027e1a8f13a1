import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { time } from '../../k8s/fields.ts';
import type { Api } from '../../kube/client/api.ts';
import { writesOf } from './stages.ts';

/**
 * A note about an object that exists again in a namespace younger than the injection, or than the original itself: the namespace was
 * created again, and nothing else of its former content was restored. No note if the namespace or every time is unknown.
 */
export async function newNamespaceNote(api: Api, finding: FoundInjection, restore: Restore): Promise<string[]> {
  const former = restore.is === 'corrupt' ? undefined : restore.former;
  const namespace = former?.namespace ?? writesOf(restore).find(({ verb }) => verb === 'create')?.on.namespace;
  const times = [former?.createdAt, finding.injectedAt, time(finding.live.metadata.creationTimestamp)];
  const since = times.filter(at => at !== undefined);
  if (namespace === undefined || since.length === 0) return [];
  const got = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  const created = got.ok ? time(got.value.metadata.creationTimestamp) : undefined;
  if (created === undefined || created <= Math.min(...since)) return [];
  return [`Namespace ${namespace} was deleted and created again: nothing else of the former namespace was restored`];
}
