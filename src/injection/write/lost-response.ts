import { isDeepStrictEqual } from 'node:util';
import { type Operation, pointerSteps, valueAt } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Failure, Outcome } from '../../kube/client/http/outcome.ts';
import { MAYDAY, PREFIX, ROLLBACK_DATA } from '../record/markers.ts';
import type { Write } from './write.ts';

/** Whether a write without an answer was applied. */
export type LostResponse =
  | { state: 'applied'; object?: KubeObject }
  | { state: 'not-applied' }
  /** The object holds neither the written value nor the one expected before it. */
  | { state: 'other'; why: string }
  | { state: 'unknown'; failure: Failure };

/** Reads the object back and decides. If the write holds mayday's mark with the injection's id, the result is certain. */
export async function readBack(api: Api, write: Write): Promise<LostResponse> {
  return decideFrom(write, await api.get(write.on));
}

/** The same for an object that was already read after the write. */
export function decideFrom(write: Write, outcome: Outcome<KubeObject>): LostResponse {
  if (!outcome.ok && outcome.reason !== 'not-found') return { state: 'unknown', failure: outcome };
  const live = outcome.ok ? outcome.value : undefined;
  switch (write.verb) {
    case 'create':
      return created(write.body, live);
    case 'delete':
      return deleted(write, live);
    case 'patch':
      return patched(write, live);
    case 'replace':
      return replaced(write, live);
  }
}

function created(body: KubeObject, live: KubeObject | undefined): LostResponse {
  if (live === undefined) return { state: 'not-applied' };
  // Both annotations hold mayday's facts with the id of this injection.
  const holds = (key: string) => {
    const ours = body.metadata.annotations?.[key];
    return ours !== undefined && live.metadata.annotations?.[key] === ours;
  };
  if (holds(MAYDAY) || holds(ROLLBACK_DATA)) return { state: 'applied', object: live };
  return { state: 'other', why: 'an object of that name exists and is not this injection’s' };
}

function deleted(write: Write, live: KubeObject | undefined): LostResponse {
  if (live === undefined) return { state: 'applied' };
  const { uid } = write.precondition;
  if (uid !== undefined && live.metadata.uid !== uid) return { state: 'applied' };
  return live.metadata.deletionTimestamp === undefined ? { state: 'not-applied' } : { state: 'applied', object: live };
}

function patched(write: Extract<Write, { verb: 'patch' }>, live: KubeObject | undefined): LostResponse {
  const gone = goneOrOther(write, live);
  if (gone !== undefined || live === undefined) return gone ?? { state: 'not-applied' };
  const changes = changesOf(write);
  const marks = changes.filter(
    change => change.path[0] === 'metadata' && change.path.some(step => step.startsWith(PREFIX)),
  );
  // The undo record is added and removed in the same request as the value, and no controller restores it. So if the
  // write changes a record, the record alone decides.
  const deciding = marks.length > 0 ? marks : changes;
  const holds = deciding.every(change => isDeepStrictEqual(valueAt(live, change.path), change.value));
  return holds ? { state: 'applied', object: live } : { state: 'not-applied' };
}

function replaced(write: Extract<Write, { verb: 'replace' }>, live: KubeObject | undefined): LostResponse {
  const gone = goneOrOther(write, live);
  if (gone !== undefined || live === undefined) return gone ?? { state: 'not-applied' };
  const same = isDeepStrictEqual(marksOf(live), marksOf(write.body));
  const moved = live.metadata.resourceVersion !== write.precondition.resourceVersion;
  return same && moved ? { state: 'applied', object: live } : { state: 'not-applied' };
}

function goneOrOther(write: Write, live: KubeObject | undefined): LostResponse | undefined {
  if (live === undefined) return { state: 'other', why: 'the object is gone' };
  const { uid } = write.precondition;
  if (uid !== undefined && live.metadata.uid !== uid)
    return { state: 'other', why: 'another object of that name exists' };
  return undefined;
}

interface Change {
  path: string[];
  /** Undefined if the write removes the member. */
  value: Json | undefined;
}

function changesOf(write: Extract<Write, { verb: 'patch' }>): Change[] {
  if (write.patchType !== 'json') return leaves(write.body, []);
  return (write.body as unknown as Operation[])
    .filter(operation => operation.op !== 'test')
    .flatMap(operation => {
      const path = pointerSteps(operation.path);
      return operation.op === 'remove' ? [{ path, value: undefined }] : leaves(operation.value, path);
    });
}

/** Splits a map into its members, because the server adds members of its own. */
function leaves(value: Json, path: string[]): Change[] {
  if (value === null) return [{ path, value: undefined }];
  if (typeof value !== 'object' || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function marksOf(object: KubeObject): [string, string][] {
  return Object.entries(object.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(PREFIX))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
