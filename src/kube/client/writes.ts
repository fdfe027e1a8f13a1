import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { literal } from '../../text/sanitise.ts';
import type { DeleteOptions, PatchType, WriteOptions } from './api.ts';
import type { Outcome } from './http/outcome.ts';

const FIELD_MANAGER = 'mayday';

/** The content type that says which kind of patch a body is. */
export const PATCH_CONTENT: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** The query of a create, replace or patch. */
export function writeQuery(options: WriteOptions) {
  return {
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager ?? FIELD_MANAGER,
    fieldValidation: options.fieldValidation,
    force: options.force,
  };
}

/** The body of a delete: preconditions, grace period, propagation policy and dry run. */
export function deleteBody(ref: ObjectRef, options: DeleteOptions): Json {
  const uid = options.uid ?? ref.uid;
  const { resourceVersion, gracePeriodSeconds, propagationPolicy, dryRun } = options;
  const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy && { propagationPolicy }),
    ...(dryRun && { dryRun: ['All'] }),
  };
}

/**
 * Turns failed preconditions into conflicts, like a stale resource version: a failed JSON-patch `test` is a plain
 * 422, and a different uid in a merge patch looks like an attempt to change it.
 */
export function failedPreconditionAsConflict(type: PatchType, outcome: Outcome<KubeObject>): Outcome<KubeObject> {
  if (outcome.ok || outcome.status !== 422) return outcome;
  const testFailed = type === 'json' && !outcome.causes;
  const message = testFailed
    ? literal('the object is not as the patch expects it: a test or path of the JSON patch does not hold')
    : literal('the object was replaced by another of the same name: its uid is not the expected one');
  const isOther = outcome.causes?.some(cause => cause.field === 'metadata.uid');
  return testFailed || isOther ? { ...outcome, reason: 'conflict', message } : outcome;
}
