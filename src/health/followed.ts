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

/** All kinds that are not followed, looked at for injections again and again. */
export interface Sweeping {
  markers(): Iterable<Marker>;
  /** What is not known: kinds that could not be read, and whatever is still to be looked at for the first time. */
  unseen(): readonly { kind: string; reason: string }[];
  /** Looks for the first time, unless it did; otherwise it begins a few seconds after its start. */
  begin(): void;
  stop(): void;
}
