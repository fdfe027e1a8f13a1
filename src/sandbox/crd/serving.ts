import type { Kernel } from '../api/kernel.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { customShape } from '../table/custom.ts';
import type { TableShape } from '../table/shape.ts';
import { othersOf } from './conditions.ts';
import { DEFINITIONS, resourceOf, versionsOf } from './definition.ts';
import { takenNames } from './names.ts';

/** The finalizer that keeps a deleted definition until its instances are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

interface Served {
  info: ResourceInfo;
  versions: ReturnType<typeof versionsOf>;
  stop: () => void;
}

/** The kinds that are served, by the name of their definition, and how their versions are shown as table rows. */
export interface Serving {
  readonly kernel: Kernel;
  readonly served: Map<string, Served>;
  readonly shapes: Map<string, TableShape>;
}

/** Serves the kind of a definition in its present form, unless another definition has its names. */
export function serve(serving: Serving, definition: KubeObject): void {
  const { kernel, served, shapes } = serving;
  const { store, registry, schemas } = kernel;
  const { name } = definition.metadata;
  withdraw(serving, name);
  const info = resourceOf(definition);
  if (!info || takenNames(definition, othersOf(kernel, definition)).conflict) return;
  const versions = versionsOf(definition);
  for (const { version, schema, columns } of versions) {
    schemas.define(info.group, version, info.kind, schema);
    shapes.set(`${info.key}/${version}`, customShape(columns));
  }
  registry.add(info);
  const stop = store.watch(info.key, event => {
    if (event.type === 'DELETED' && store.get(DEFINITIONS, undefined, name)?.metadata.deletionTimestamp)
      finishCleanup(kernel, name, info.key);
  });
  served.set(name, { info, versions, stop });
}

/** Takes a kind out of service. */
function withdraw({ kernel: { schemas }, served, shapes }: Serving, name: string): void {
  const known = served.get(name);
  if (!known) return;
  known.stop();
  for (const { version } of known.versions) {
    schemas.define(known.info.group, version, known.info.kind, undefined);
    shapes.delete(`${known.info.key}/${version}`);
  }
  served.delete(name);
}

/** Stops serving the kind of a deleted definition, and forgets its objects. */
export function forget(serving: Serving, definition: KubeObject): void {
  const { kernel, served } = serving;
  const known = served.get(definition.metadata.name);
  withdraw(serving, definition.metadata.name);
  if (!known) return;
  kernel.registry.remove(known.info.key);
  kernel.store.forget(known.info.key);
}

/** Removes the finalizer of a deleted definition once it has no instances any more. */
export function finishCleanup({ store }: Kernel, definition: string, key: string): void {
  if (store.count(key) > 0) return;
  store.modify(DEFINITIONS, undefined, definition, draft => {
    draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter(f => f !== CLEANUP);
  });
}
