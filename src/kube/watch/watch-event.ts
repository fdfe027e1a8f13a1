import { isFields } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import type { Collection, WatchEvent } from '../client/api.ts';
import { failure, failureOfAnswer } from '../client/http/failure.ts';
import type { Failure } from '../client/http/outcome.ts';
import { malformation } from '../client/lists/well-formed.ts';

/** One line of a watch: an event, or the failure that ends it (an ERROR event carries a Status, 410 above all). */
export function parseWatchLine(line: string, collection: Collection, now: number): WatchEvent | Failure {
  let raw: { type?: unknown; object?: unknown };
  try {
    raw = JSON.parse(line);
  } catch {
    return failure('server-error', cleanText`the watch sent a line that is not JSON: ${sanitise(line, 120)}`);
  }
  const object = raw?.object;
  if (raw?.type === 'ERROR') return failureOfAnswer(200, object, undefined, now);
  if (!isFields(object) || !isFields(object.metadata)) return withoutObject(line);
  if (raw.type === 'BOOKMARK') {
    const { resourceVersion } = object.metadata;
    return { type: 'BOOKMARK', resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '' };
  }
  if (raw.type !== 'ADDED' && raw.type !== 'MODIFIED' && raw.type !== 'DELETED') {
    return failure('server-error', cleanText`the watch sent an event of unknown type ${sanitise(raw.type, 40)}`);
  }
  if (malformation(object) !== undefined) return withoutObject(line);
  return { type: raw.type, object: withKind(object as unknown as KubeObject, collection) };
}

const withoutObject = (line: string): Failure =>
  failure('server-error', cleanText`the watch sent an event without an object: ${sanitise(line, 120)}`);

/** Adds kind and apiVersion, which list items and metadata-only objects lack. */
export function withKind(object: KubeObject, collection: { apiVersion: string; kind: string }): KubeObject {
  object.apiVersion = collection.apiVersion;
  object.kind = collection.kind;
  return object;
}
