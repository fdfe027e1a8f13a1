import { cloneJson, type KubeObject, type NewObject } from './object.ts';
import { type LabelSelector, requirementsOf, satisfies } from './selector.ts';
import { rewind } from './store/history.ts';
import { createKernel } from './store/kernel.ts';
import type { Store, StoreParts, WriteOptions } from './store/types.ts';
import { create, remove, replace, update } from './store/write.ts';

export type { StoreEvent } from './store/history.ts';
export type { DeleteOptions } from './store/lifecycle.ts';
export type { DeleteResult, FieldTracker, Store, StoreParts } from './store/types.ts';

/** An empty store of the resources of a registry. */
export function createStore(parts: StoreParts): Store {
  const kernel = createKernel(parts);
  const { infoOf, collectionOf, historyOf } = kernel;
  return {
    get: <T extends KubeObject>(resource: string, namespace: string | undefined, name: string) =>
      collectionOf(infoOf(resource)).get(infoOf(resource).namespaced ? namespace : undefined, name) as T | undefined,

    list: <T extends KubeObject>(resource: string, namespace?: string, selector?: LabelSelector) => {
      const all = collectionOf(infoOf(resource)).list(namespace) as T[];
      if (!selector) return all;
      const requirements = requirementsOf(selector);
      return all.filter(object => satisfies(object.metadata.labels, requirements));
    },

    create: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) =>
      create(kernel, parts, { resource, object, options }) as T,

    update: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) =>
      update(kernel, parts, { resource, object, options }) as T,

    modify: <T extends KubeObject>(
      resource: string,
      namespace: string | undefined,
      name: string,
      // biome-ignore lint/suspicious/noConfusingVoidType: a function that edits its argument returns nothing
      change: (draft: T) => T | false | void,
      options?: WriteOptions,
    ) => {
      const info = infoOf(resource);
      const current = collectionOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) return undefined;
      const draft = cloneJson(current) as T;
      const changed = change(draft);
      if (changed === false) return current as T;
      return replace(kernel, parts, { info, current, next: changed ? cloneJson(changed) : draft }, options) as T;
    },

    delete: (resource, namespace, name, options = {}) =>
      remove(kernel, parts, infoOf(resource), { namespace, name }, options),

    watch: kernel.watch,
    revision: kernel.revision,
    since: (resource, from) => historyOf(infoOf(resource)).since(from),

    at(resource, then, namespace) {
      const info = infoOf(resource);
      const later = historyOf(info).since(then);
      if (!later) return undefined;
      const inScope = namespace === undefined ? later : later.filter(e => e.object.metadata.namespace === namespace);
      return rewind(collectionOf(info).list(namespace), inScope);
    },

    compact: kernel.compact,
    forget: kernel.forget,
    count: resource => collectionOf(infoOf(resource)).size(),
  };
}
