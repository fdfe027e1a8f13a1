import { FIELD_MANAGER } from '../injection/write/ownership.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/outcome.ts';
import { inOrder, type Objects, owned } from './submission.ts';

/** What the server said to an object that it does not take. */
export interface NotTaken {
  object: KubeObject;
  failure: Failure;
}

const named = (object: KubeObject): string => nameOf(refOf(object));

/** One line for it. */
export const notTakenText = ({ object, failure }: NotTaken): string => `${named(object)}: ${failure.message}`;

/**
 * Has the server try every object without keeping it. Bindings are tried only as they are created: the server looks for the role of a
 * binding first, and a dry run has made none.
 */
export async function tryAll(api: Api, objects: Objects): Promise<NotTaken[]> {
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
  /** `left` of what was made could not be taken away again. */
  | { ok: false; notTaken: NotTaken; left: string[] };

/**
 * Creates everything, the work last, so that no pod starts before its rights and its result are there. Where one object is not taken,
 * what was made is deleted again, the newest first.
 */
export async function createAll(api: Api, objects: Objects): Promise<Created> {
  const made: KubeObject[] = [];
  let root: KubeObject | undefined;
  for (const object of inOrder(objects)) {
    const answer = await api.create(root === undefined ? object : owned(object, root), {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
    });
    if (!answer.ok) {
      // No answer may mean that it was made all the same.
      const doubtful = answer.reason === 'unreachable' || answer.reason === 'server-error' ? [object] : [];
      return { ok: false, notTaken: { object, failure: answer }, left: await takeAway(api, [...made, ...doubtful]) };
    }
    root ??= answer.value;
    made.push(answer.value);
  }
  return { ok: true };
}

/** Deletes objects, the last one first. Gives those of which that is not known. */
export async function takeAway(api: Api, objects: readonly KubeObject[]): Promise<string[]> {
  const left: string[] = [];
  for (const object of [...objects].reverse()) {
    const gone = await api.remove(refOf(object), { propagationPolicy: 'Background' });
    if (!gone.ok && gone.reason !== 'not-found') left.push(`${named(object)}: ${gone.message}`);
  }
  return left;
}
