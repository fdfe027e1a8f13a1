import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { groupOf } from '../k8s/object-ref.ts';
import type { Api, Collection } from '../kube/client/api.ts';

/** One request, as far as permissions depend on it. It has the kind, since the resource name is not known yet. */
export interface RecordedRequest {
  verb: string;
  group: string;
  kind: string;
  namespace?: string;
  name?: string;
}

/** Requests that every authenticated user may make. */
const FOR_EVERYBODY = new Set(['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SelfSubjectReview']);

/** Wraps a connection so that every request through it is recorded. */
export function recordRequests(api: Api): { api: Api; asked: RecordedRequest[] } {
  const asked: RecordedRequest[] = [];
  const record = (verb: string, { apiVersion, kind, namespace, name }: Omit<ObjectRef, 'name'> & { name?: string }) =>
    asked.push({
      verb,
      group: groupOf(apiVersion),
      kind,
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    });
  const many = (verb: string, collection: Collection, fieldSelector: string | undefined) => {
    const name = /^metadata\.name=([^,]+)$/.exec(fieldSelector ?? '')?.[1];
    record(verb, { ...collection, ...(name === undefined ? {} : { name }) });
  };
  const created = ({ apiVersion, kind, metadata }: KubeObject) => {
    if (!FOR_EVERYBODY.has(kind))
      record('create', {
        apiVersion,
        kind,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      });
  };
  const recording: Api = {
    identity: api.identity,
    get requests() {
      return api.requests;
    },
    discovery: refresh => api.discovery(refresh),
    serverTime: () => api.serverTime(),
    get(ref, options) {
      record('get', ref);
      return api.get(ref, options);
    },
    list(collection, options) {
      many('list', collection, options?.fieldSelector);
      return api.list(collection, options);
    },
    listAll(collection, options) {
      many('list', collection, options?.fieldSelector);
      return api.listAll(collection, options);
    },
    watch(collection, options) {
      many('watch', collection, options.fieldSelector);
      return api.watch(collection, options);
    },
    create(object, options) {
      created(object);
      return api.create(object, options);
    },
    replace(object, options) {
      record('update', { ...object, ...object.metadata });
      return api.replace(object, options);
    },
    patch(ref, type, body, options) {
      record('patch', ref);
      return api.patch(ref, type, body, options);
    },
    remove(ref, options) {
      record('delete', ref);
      return api.remove(ref, options);
    },
    raw: request => api.raw(request),
    close: () => api.close(),
  };
  return { api: recording, asked };
}
