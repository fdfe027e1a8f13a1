import type { Kernel } from '../api/kernel.ts';
import type { KubeObject } from '../object.ts';
import type { CustomSchema } from '../openapi/document.ts';
import type { ResourceInfo } from '../registry.ts';
import { builtinShape } from '../table/columns.ts';
import type { TableShape } from '../table/shape.ts';
import { establish, markTerminating } from './conditions.ts';
import { DEFINITIONS } from './definition.ts';
import { CLEANUP, finishCleanup, forget, type Serving, serve } from './serving.ts';

/** The custom kinds that are served now. */
export interface CustomKinds {
  /** How objects of a resource are shown as table rows, built-in ones too. */
  shapeOf(info: ResourceInfo, version: string): TableShape;
  /** The schemas that OpenAPI publishes for custom kinds. */
  published(): readonly CustomSchema[];
}

/**
 * Follows the definitions in the store: registers and establishes their kinds, and deletes the instances of deleted
 * definitions.
 */
export function followDefinitions(kernel: Kernel): CustomKinds {
  const serving: Serving = { kernel, served: new Map(), shapes: new Map() };
  kernel.store.watch(DEFINITIONS, event => {
    const definition = event.object;
    if (event.type === 'DELETED') forget(serving, definition);
    else if (definition.metadata.deletionTimestamp) cleanUp(serving, definition);
    else {
      if (!event.previous || event.previous.metadata.generation !== definition.metadata.generation)
        serve(serving, definition);
      establish(kernel, definition);
    }
  });

  return {
    shapeOf: (info, version) => serving.shapes.get(`${info.key}/${version}`) ?? builtinShape(info.storedAs ?? info.key),
    published: () =>
      [...serving.served.values()].flatMap(({ info, versions }) =>
        versions.map(({ version, schema }) => ({
          group: info.group,
          version,
          kind: info.kind,
          listKind: info.listKind,
          schema,
        })),
      ),
  };
}

/** Deletes the instances of a definition that is being deleted. */
function cleanUp({ kernel, served }: Serving, definition: KubeObject): void {
  const { store } = kernel;
  const known = served.get(definition.metadata.name);
  const { finalizers = [] } = definition.metadata;
  if (!known || !finalizers.includes(CLEANUP)) return;
  markTerminating(kernel, definition);
  for (const object of store.list(known.info.key))
    store.delete(known.info.key, object.metadata.namespace, object.metadata.name);
  finishCleanup(kernel, definition.metadata.name, known.info.key);
}
