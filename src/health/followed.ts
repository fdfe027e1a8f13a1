import type { Collection } from '../kube/client/api.ts';
import type { Marker } from './marker.ts';

/** What to follow; the selectors narrow it, `metadataOnly` asks for metadata alone, `pageSize` for smaller pages of large objects, `laterPageSize` for larger ones after the first; `managedFieldsWith` as for lists. */
export interface Followed extends Collection {
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  pageSize?: number;
  laterPageSize?: number;
  managedFieldsWith?: string;
}

/** The repeated search for injections on all kinds that are not followed. */
export interface Sweep {
  markers(): Iterable<Marker>;
  /** What is not known: kinds that could not be read, and kinds that have not been read yet. */
  unseen(): readonly { kind: string; reason: string }[];
  /** Starts the first round now; without this call it starts after a few seconds. */
  begin(): void;
  /** Lists the kinds again on which injections were found, without waiting for their turn. */
  again(): void;
  stop(): void;
}
