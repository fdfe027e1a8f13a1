import type { Collection } from '../kube/api.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Failure } from '../kube/outcome.ts';

/** A row kept in memory instead of the object it came from. */
export interface Identified {
  readonly uid: string;
}

/** What to follow; `labelSelector` narrows it, `metadataOnly` asks for metadata alone. */
export interface Followed extends Collection {
  labelSelector?: string;
  metadataOnly?: boolean;
}

/** Receives one kind as the feed learns it. Calls come in bursts; none may throw. */
export interface Sink<Row extends Identified> {
  /** A fresh list begins; rows known before stay until `listed`. */
  listing(): void;
  page(rows: readonly Row[], loaded: number, total: number | undefined): void;
  /** The list is complete: rows it did not hold are gone. */
  listed(): void;
  changed(row: Row): void;
  removed(uid: string): void;
  /** The server said something, even if nothing changed. */
  heard(): void;
  /** The feed failed and tries again in `retryInMs`. */
  failed(failure: Failure, retryInMs: number): void;
}

/** A live source of one kind at a time, retrying for ever until stopped. */
export interface Feed {
  follow<Row extends Identified>(
    what: Followed,
    project: (object: KubeObject) => Row,
    sink: Sink<Row>,
  ): { stop(): void };
}
