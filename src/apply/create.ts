import { FIELD_MANAGER } from '../injection/write/ownership.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import { changedPaths } from './object.ts';
import { type AppliedState, appliedState } from './state.ts';

/** Why nothing was created, in one line. */
export type NotCreated =
  /** An experiment of that name exists. */
  | { is: 'exists'; seen: AppliedState }
  /** The server refuses it, or would store something else. */
  | { is: 'refused'; says: Clean; failure?: Failure }
  /** The answer was lost: it may have been created. */
  | { is: 'unknown'; says: Clean };

export type Creation<T> = { ok: true; value: T } | { ok: false; why: NotCreated };

const DEADLINE_MS = 30_000;
const refused = (why: NotCreated): { ok: false; why: NotCreated } => ({ ok: false, why });

/** Tries the creation by a server-side dry run: name, schema, admission. What the server would store must equal what was sent, since the gates checked that. */
export async function tryApply(api: Api, object: KubeObject): Promise<Creation<KubeObject>> {
  const there = await api.get(refOf(object));
  if (there.ok) return refused({ is: 'exists', seen: appliedState(there.value) });
  if (there.reason !== 'not-found') return refused({ is: 'refused', says: there.message, failure: there });
  const tried = await api.create(object, {
    dryRun: true,
    fieldManager: FIELD_MANAGER,
    fieldValidation: 'Strict',
    timeoutMs: DEADLINE_MS,
  });
  if (!tried.ok) return refused({ is: 'refused', says: sanitise(tried.message, 500), failure: tried });
  const changed = changedPaths(object.spec, tried.value.spec);
  if (changed.length > 0)
    return refused({
      is: 'refused',
      says: sanitise(
        `the server would not keep ${changed.slice(0, 5).join(', ')} as written: its CRD does not know it, or an admission changes it`,
        500,
      ),
    });
  return { ok: true, value: tried.value };
}

/** Creates it, once. Where the answer is lost, a read shows whether it was created. */
export async function createExperiment(api: Api, object: KubeObject): Promise<Creation<ObjectRef>> {
  const created = await api.create(object, {
    fieldManager: FIELD_MANAGER,
    fieldValidation: 'Strict',
    timeoutMs: DEADLINE_MS,
  });
  if (created.ok)
    return { ok: true, value: refOf({ ...created.value, apiVersion: object.apiVersion, kind: object.kind }) };
  if (created.reason !== 'unreachable') {
    if (created.reason !== 'already-exists')
      return refused({ is: 'refused', says: sanitise(created.message, 500), failure: created });
    const there = await api.get(refOf(object));
    if (there.ok) return refused({ is: 'exists', seen: appliedState(there.value) });
    return refused({ is: 'refused', says: sanitise(created.message, 500), failure: created });
  }
  const back = await api.get(refOf(object));
  if (back.ok && changedPaths(object.spec, back.value.spec).length === 0)
    return { ok: true, value: refOf({ ...back.value, apiVersion: object.apiVersion, kind: object.kind }) };
  return refused({
    is: 'unknown',
    says: sanitise(
      `no answer came (${created.message}), and whether ${nameOf(refOf(object))} is there is not known`,
      500,
    ),
  });
}
