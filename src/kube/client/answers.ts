import { isFields } from '../../k8s/fields.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { type Clean, cleanText, literal, sanitise } from '../../text/sanitise.ts';
import { failure } from './http/failure.ts';
import type { Outcome } from './http/outcome.ts';
import { malformation } from './lists/well-formed.ts';

/** Why an answer is not the requested object: it is another server's page, another object, or empty. */
export function notTheObject(
  answer: unknown,
  ref: ObjectRef,
  { metadataOnly, subresource }: { metadataOnly?: boolean; subresource?: string },
): Clean | undefined {
  const wrong = malformation(answer);
  if (wrong !== undefined)
    return cleanText`expected ${sanitise(ref.kind, 128)} ${sanitise(ref.name, 256)}, the server sent something else: ${wrong}`;
  const { kind, metadata } = answer as KubeObject;
  const isKind = metadataOnly === true || subresource !== undefined || kind === ref.kind;
  if (
    isKind &&
    metadata.name === ref.name &&
    (ref.namespace === undefined || metadata.namespace === undefined || metadata.namespace === ref.namespace)
  )
    return undefined;
  return cleanText`expected ${sanitise(ref.kind, 128)} ${sanitise(ref.name, 256)}, the server sent ${sanitise(kind, 128)} ${sanitise(metadata.name, 256)}`;
}

/**
 * A write that is answered without an object may or may not have been carried out. It is a server error, after which
 * the caller reads the object to find out.
 */
export function answerOfWrite(answer: Outcome<unknown>): Outcome<KubeObject> {
  if (!answer.ok) return answer;
  const { value } = answer;
  if (!isFields(value))
    return failure('server-error', literal('the server answered a write with no object'), answer.status);
  return { ...answer, value: (isFields(value.metadata) ? value : { ...value, metadata: {} }) as unknown as KubeObject };
}
