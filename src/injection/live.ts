import type { Live, Read } from '../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure, Outcome } from '../kube/client/http/outcome.ts';

type ReadResult = KubeObject | readonly KubeObject[] | null | Failure;

/**
 * Fetches the reads that `wants` returns, and calls it again with the results until it returns no new key. The reads of
 * one round run in parallel.
 */
export async function fetchLive(api: Api, wants: (live: Live) => Read[], signal?: AbortSignal): Promise<Live> {
  const live = new Map<string, ReadResult>();
  for (;;) {
    const missing = wants(live).filter(read => !live.has(read.key));
    if (missing.length === 0) return live;
    const answers = await Promise.all(missing.map(read => fetchRead(api, read, signal)));
    missing.forEach((read, index) => {
      live.set(read.key, answers[index] ?? null);
    });
  }
}

async function fetchRead(api: Api, read: Read, signal?: AbortSignal): Promise<ReadResult> {
  const options = signal === undefined ? {} : { signal };
  if ('get' in read) {
    const outcome = await api.get(read.get, options);
    if (outcome.ok) return outcome.value;
    return outcome.reason === 'not-found' ? null : outcome;
  }
  if ('review' in read) {
    const outcome = await api.create(read.review, options);
    return outcome.ok ? outcome.value : outcome;
  }
  if ('deletion' in read) return deletionResult(await dryRunDeletion(api, read.deletion, options));
  const selector = read.labelSelector === undefined ? {} : { labelSelector: read.labelSelector };
  const outcome = await api.listAll(read.list, { ...options, ...selector });
  return outcome.ok ? outcome.value.items : outcome;
}

/** A dry run of an immediate deletion; the server stores nothing. */
const dryRunDeletion = (api: Api, ref: ObjectRef, options: { signal?: AbortSignal }): Promise<Outcome<KubeObject>> =>
  api.remove(ref, { ...options, dryRun: true, gracePeriodSeconds: 0, propagationPolicy: 'Background' });

/** The server answers with a Status instead of the object if the deletion would leave nothing. */
function deletionResult(outcome: Outcome<KubeObject>): ReadResult {
  if (!outcome.ok) return outcome.reason === 'not-found' ? null : outcome;
  return outcome.value.kind === 'Status' ? null : outcome.value;
}

/** The result of a read. `unread`: the key was never requested. */
export type Seen<T> =
  | { state: 'found'; value: T }
  | { state: 'absent' }
  | { state: 'blind'; failure: Failure }
  | { state: 'unread' };

/** The object read under `key`. */
export function objectIn(live: Live, key: string): Seen<KubeObject> {
  const answer = live.get(key);
  if (answer === undefined) return { state: 'unread' };
  if (answer === null) return { state: 'absent' };
  if (isFailure(answer)) return { state: 'blind', failure: answer };
  return isList(answer) ? { state: 'unread' } : { state: 'found', value: answer };
}

/** The list read under `key`. */
export function listIn(live: Live, key: string): Seen<readonly KubeObject[]> {
  const answer = live.get(key);
  if (answer === undefined) return { state: 'unread' };
  if (answer === null) return { state: 'absent' };
  if (isFailure(answer)) return { state: 'blind', failure: answer };
  return isList(answer) ? { state: 'found', value: answer } : { state: 'unread' };
}

/** The items of a list; empty if it was not found or could not be read, so callers must check for `blind` before. */
export function itemsOf(seen: Seen<readonly KubeObject[]>): readonly KubeObject[] {
  return seen.state === 'found' ? seen.value : [];
}

function isFailure(answer: ReadResult): answer is Failure {
  return answer !== null && 'ok' in answer && answer.ok === false;
}

function isList(answer: Exclude<ReadResult, null>): answer is readonly KubeObject[] {
  return Array.isArray(answer);
}
