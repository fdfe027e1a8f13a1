import type { Api, Collection } from '../kube/api.ts';
import type { Clock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/object.ts';
import { createReflector, type SyncStatus, type Update } from '../kube/reflector.ts';
import type { Marker } from './marker.ts';
import { startSweep } from './sweep.ts';

/** What to follow; `labelSelector` narrows it, `metadataOnly` asks for metadata alone. */
export interface Followed extends Collection {
  labelSelector?: string;
  metadataOnly?: boolean;
}

/** One kind being followed. `rows` is by uid and changes in place just before `hear` is called. */
export interface Following<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  status(): SyncStatus;
  stop(): void;
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

/** A live source of slim rows, retrying for ever until stopped. */
export interface Feed {
  follow<Row extends object>(
    what: Followed,
    project: (object: KubeObject) => Row,
    hear: (update: Update<Row>) => void,
  ): Following<Row>;
  /** Sweeps the kinds that discovery names and that are not among `followed`; absent where there is no discovery. */
  sweep?(followed: readonly Followed[], changed: () => void): Sweeping;
}

/** The feed of a real connection: one reflector for each kind. */
export function reflectedFeed(
  api: Pick<Api, 'list' | 'watch' | 'listAll' | 'discovery'>,
  clock: Clock,
  random: () => number,
): Feed {
  return {
    follow(what, project, hear) {
      const { labelSelector, metadataOnly, ...collection } = what;
      const ended = new AbortController();
      const reflector = createReflector({
        api,
        collection,
        project,
        clock,
        random,
        ...(labelSelector !== undefined && { labelSelector }),
        ...(metadataOnly && { metadataOnly }),
      });
      reflector.subscribe(hear);
      void reflector.run(ended.signal);
      return { rows: reflector.rows, status: () => reflector.status(), stop: () => ended.abort() };
    },
    sweep: (followed, changed) => startSweep(api, clock, followed, changed),
  };
}
