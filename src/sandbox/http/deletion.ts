import { deleteObject } from '../api/delete.ts';
import type { Call } from '../api/kernel.ts';
import { listPage } from '../api/list.ts';
import { bodyAsksForDryRun, gracePeriodOf, refuseInvalidPropagationPolicy } from '../api/options.ts';
import type { KubeObject } from '../object.ts';
import type { DeleteOptions } from '../store.ts';
import { type Answer, json, objectAnswer, success } from './answer.ts';
import { parseOptional, readBody } from './body.ts';
import type { ResourceRequest } from './request.ts';

/** Kinds whose deletion answers with the object itself. */
const ANSWERED_WITH_OBJECT = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
  'limitranges',
  'podtemplates',
  'endpoints',
]);

/** The default propagation policy: deleting a Job without a stated policy orphans its pods, with a warning. */
function defaultPolicy({ path, warnings }: ResourceRequest, orphan: unknown): 'Orphan' | undefined {
  if (path.resource !== 'jobs' || path.group !== 'batch' || orphan !== undefined) return undefined;
  warnings.push(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  );
  return 'Orphan';
}

function deleteOptions(r: ResourceRequest, body: Record<string, unknown>): DeleteOptions {
  const { query } = r;
  const grace = gracePeriodOf(query.get('gracePeriodSeconds') ?? body.gracePeriodSeconds);
  const policy = query.get('propagationPolicy') ?? body.propagationPolicy;
  const orphan = query.get('orphanDependents') ?? body.orphanDependents;
  refuseInvalidPropagationPolicy(policy, orphan);
  const preconditions = body.preconditions ?? preconditionsInQuery(query);
  const stated = policy ?? (String(orphan) === 'true' ? 'Orphan' : defaultPolicy(r, orphan));
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(stated ? { propagationPolicy: stated as NonNullable<DeleteOptions['propagationPolicy']> } : {}),
    ...(preconditions ? { preconditions: preconditions as NonNullable<DeleteOptions['preconditions']> } : {}),
  };
}

/** A `uid` or `resourceVersion` in the query is a precondition, even of a whole collection. */
function preconditionsInQuery(query: URLSearchParams): DeleteOptions['preconditions'] {
  const [uid, resourceVersion] = [query.get('uid'), query.get('resourceVersion')];
  if (uid === null && resourceVersion === null) return undefined;
  return { ...(uid === null ? {} : { uid }), ...(resourceVersion === null ? {} : { resourceVersion }) };
}

/** A removed object carries the version of its removal. */
function atDeletion({ kernel }: ResourceRequest, object: KubeObject): KubeObject {
  const metadata = { ...object.metadata, resourceVersion: String(kernel.store.revision()) };
  return { ...object, metadata };
}

/** Deletes one object: options come in the query, the body, or not at all. */
export async function remove(r: ResourceRequest, call: Call): Promise<Answer> {
  const body = parseOptional(await readBody(r.request), r.request.headers['content-type']);
  if (bodyAsksForDryRun(body)) call.dryRun = true;
  const { object, removed } = await deleteObject(r.kernel, call, deleteOptions(r, body));
  if (!removed) return objectAnswer(call, 200, object);
  if (ANSWERED_WITH_OBJECT.has(call.info.key))
    return objectAnswer(call, 200, call.dryRun ? object : atDeletion(r, object));
  const { info, name } = call;
  const details = { name, ...(info.group ? { group: info.group } : {}), kind: info.resource, uid: object.metadata.uid };
  return json(200, success(undefined, details));
}

/** Deletes every object of a collection that meets the selectors. */
export async function removeAll(r: ResourceRequest, call: Call): Promise<Answer> {
  const body = parseOptional(await readBody(r.request), r.request.headers['content-type']);
  if (bodyAsksForDryRun(body)) call.dryRun = true;
  const options = deleteOptions(r, body);
  // The answer has the objects as they were before the deletion.
  const { items } = listPage(r.kernel, call.info, call.namespace, r.query);
  for (const { metadata } of items) {
    const one = { ...call, name: metadata.name, namespace: metadata.namespace };
    await deleteObject(r.kernel, one, options);
  }
  return { is: 'page', page: { items, revision: r.kernel.store.revision() }, info: call.info, version: call.version };
}
