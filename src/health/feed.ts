import type { Clock } from '../host/clock.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import type { Discovery } from '../kube/discovery/discovery.ts';
import { createReflector, type SyncStatus, type Update } from '../kube/watch/reflector.ts';
import type { Followed, Sweep } from './followed.ts';
import { startSweep } from './sweep.ts';

export type { Followed, Sweep } from './followed.ts';

/** One kind being followed. `rows` is by uid and changes in place just before `onUpdate` is called. */
export interface Following<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  status(): SyncStatus;
  stop(): void;
}

/** A live source of rows, which retries until it is stopped. */
export interface Feed {
  /**
   * `project` returns undefined for objects to leave out; `same` compares two rows (by default all fields must be
   * identical).
   */
  follow<Row extends object>(
    what: Followed,
    project: (object: KubeObject) => Row | undefined,
    onUpdate: (update: Update<Row>) => void,
    same?: (a: Row, b: Row) => boolean,
  ): Following<Row>;
  /** What the cluster serves; absent when there is no discovery. */
  discovery?(refresh?: boolean): Promise<Outcome<Discovery>>;
  /** Sweeps the kinds that discovery names and that are not among `followed`; absent where there is no discovery. */
  sweep?(followed: readonly Followed[], changed: () => void): Sweep;
  /** Called once, when everything has been read for the first time, to give unused memory back. */
  release?(): void;
}

export interface FeedOptions {
  release?: () => void;
  /** This kind is requested first. All others wait a short time for its first objects, which they would delay. */
  lead?: string;
}

/** How long the other kinds wait for the first one at most, milliseconds. */
const LEAD_MS = 250;

/** The feed of a real connection: one reflector for each kind. */
export function reflectedFeed(
  api: Pick<Api, 'list' | 'watch' | 'listAll' | 'discovery'>,
  clock: Clock,
  random: () => number,
  { release, lead }: FeedOptions = {},
): Feed {
  const isLeadRead = Promise.withResolvers<void>();
  const isFree = lead === undefined ? undefined : Promise.race([isLeadRead.promise, clock.sleep(LEAD_MS)]);

  return {
    follow(what, project, onUpdate, same) {
      const { apiVersion, kind, namespace, pageSize, laterPageSize, ...narrowed } = what;
      const ended = new AbortController();
      const reflector = createReflector({
        api,
        collection: { apiVersion, kind, ...(namespace !== undefined && { namespace }) },
        project,
        clock,
        random,
        ...narrowed,
        ...(same && { same }),
        timing: {
          ...(pageSize !== undefined && { pageSize }),
          ...(laterPageSize !== undefined && { laterPageSize }),
        },
      });
      reflector.subscribe(onUpdate);
      if (isFree === undefined || what.kind === lead) void reflector.run(ended.signal);
      else void isFree.then(() => reflector.run(ended.signal));
      if (what.kind === lead) reflector.subscribe(() => isLeadRead.resolve());
      return { rows: reflector.rows, status: () => reflector.status(), stop: () => ended.abort() };
    },
    discovery: async refresh => {
      await isFree;
      return api.discovery(refresh);
    },
    ...(release && { release }),
    sweep: (followed, changed) => startSweep(api, clock, followed, changed),
  };
}
