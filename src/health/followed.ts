import type { Collection } from '../kube/client/api.ts';
import type { Marker } from './marker.ts';

/** A kind to follow, and how its objects are listed. */
export interface Followed extends Collection {
  labelSelector?: string;
  fieldSelector?: string;
  /** Only the metadata of objects is requested. */
  metadataOnly?: boolean;
  /** Objects on the first page, and on all later ones; the client's default if absent. */
  pageSize?: number;
  laterPageSize?: number;
  /** See `ListOptions`. */
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
