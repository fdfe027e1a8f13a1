import type { Api } from '../../kube/client/api.ts';

/**
 * The same connection with its own counter of requests, so that parallel restores are counted separately. All pages of a
 * list count as one request.
 */
export function counting(api: Api): Api {
  let requests = 0;
  const counted =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      requests += 1;
      return call(...args);
    };
  return {
    identity: api.identity,
    discovery: refresh => api.discovery(refresh),
    get: counted((ref, options) => api.get(ref, options)),
    list: counted((collection, options) => api.list(collection, options)),
    listAll: counted((collection, options) => api.listAll(collection, options)),
    create: counted((object, options) => api.create(object, options)),
    replace: counted((object, options) => api.replace(object, options)),
    patch: counted((ref, type, body, options) => api.patch(ref, type, body, options)),
    remove: counted((ref, options) => api.remove(ref, options)),
    watch: counted((collection, options) => api.watch(collection, options)),
    raw: counted(request => api.raw(request)),
    serverTime: () => api.serverTime(),
    get requests() {
      return requests;
    },
    close: () => api.close(),
  };
}
