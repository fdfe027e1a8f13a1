import { FIELD_MANAGER } from '../injection/write/ownership.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { inOrder, owned, type SubmissionObjects } from './submission.ts';

/** An object that the server refused, and why. */
export interface RefusedObject {
  object: KubeObject;
  failure: Failure;
}

const named = (object: KubeObject): string => nameOf(refOf(object));

/** One line that names the object and the reason. */
export const refusedText = ({ object, failure }: RefusedObject): string => `${named(object)}: ${failure.message}`;

/**
 * Tries every object by a server-side dry run. Bindings are left out: the server looks for the role of a
 * binding first, and a dry run does not create it.
 */
export async function tryAll(api: Api, objects: SubmissionObjects): Promise<RefusedObject[]> {
  const tried = inOrder(objects).filter(({ kind }) => !kind.endsWith('Binding'));
  const answers = await Promise.all(
    tried.map(object =>
      api.create(object, { dryRun: true, fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', timeoutMs: 30_000 }),
    ),
  );
  return answers.flatMap((answer, index) =>
    answer.ok ? [] : [{ object: tried[index] as KubeObject, failure: answer }],
  );
}

export type Created =
  | { ok: true }
  /** `left`: created objects that could not be deleted again. */
  | { ok: false; refused: RefusedObject; left: string[] };

/**
 * Creates everything, the Job last, so that no pod starts before its rights and its result exist. Where one object is refused,
 * the created ones are deleted again, the newest first.
 */
export async function createAll(api: Api, objects: SubmissionObjects): Promise<Created> {
  const made: KubeObject[] = [];
  let root: KubeObject | undefined;
  for (const object of inOrder(objects)) {
    const answer = await api.create(root === undefined ? object : owned(object, root), {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
    });
    if (!answer.ok) {
      // Without an answer it may have been created all the same.
      const doubtful = answer.reason === 'unreachable' || answer.reason === 'server-error' ? [object] : [];
      return { ok: false, refused: { object, failure: answer }, left: await deleteAll(api, [...made, ...doubtful]) };
    }
    root ??= answer.value;
    made.push(answer.value);
  }
  return { ok: true };
}

/** Deletes objects, the last one first. Gives those that are not known to be deleted. */
async function deleteAll(api: Api, objects: readonly KubeObject[]): Promise<string[]> {
  const left: string[] = [];
  for (const object of [...objects].reverse()) {
    const gone = await api.remove(refOf(object), { propagationPolicy: 'Background' });
    if (!gone.ok && gone.reason !== 'not-found') left.push(`${named(object)}: ${gone.message}`);
  }
  return left;
}
