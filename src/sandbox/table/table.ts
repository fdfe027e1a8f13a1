import type { KubeObject } from '../object.ts';
import type { TableShape } from './shape.ts';

const META = 'meta.k8s.io';

/** The metadata of an object as an object of its own. */
export const partialObject = (object: KubeObject, version = 'v1') => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `${META}/${version}`,
  metadata: object.metadata,
});

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** A table of objects. Without `columns` the definitions are left out, as in later events of a watch. */
export function tableOf(
  objects: readonly KubeObject[],
  shape: TableShape,
  now: number,
  options: { metadata: unknown; version?: string; include?: IncludeObject; columns?: boolean },
): Record<string, unknown> {
  const { metadata, version = 'v1', include = 'Metadata', columns = true } = options;
  const attached = (object: KubeObject) =>
    include === 'None' ? null : include === 'Object' ? object : partialObject(object, version);
  return {
    kind: 'Table',
    apiVersion: `${META}/${version}`,
    metadata,
    columnDefinitions: columns ? shape.columns : null,
    rows: objects.map(object => ({
      // The object of a bookmark has no name.
      cells: shape.cells(object, now).map(cell => (cell === undefined ? '' : cell)),
      object: attached(object),
    })),
  };
}
