import type { Feed, Followed } from '../../../src/health/feed.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { SyncStatus } from '../../../src/kube/watch/reflector.ts';

/** A feed in the hands of a test: objects by kind, and what the connection is like. */
export interface FakeFeed extends Feed {
  put(...objects: KubeObject[]): void;
  remove(uid: string): void;
  /** Sets the status of one kind, or of all; unset members stay as they are. */
  status(kind: string | 'all', status: Partial<SyncStatus>): void;
}

interface Followed1 {
  what: Followed;
  project: (object: KubeObject) => unknown;
  rows: Map<string, unknown>;
  hear: (update: never) => void;
  status: SyncStatus;
}

export function fakeFeed(objects: readonly KubeObject[] = [], first: Partial<SyncStatus> = {}): FakeFeed {
  const known = new Map(objects.map(object => [object.metadata.uid ?? object.metadata.name, object]));
  const follows: Followed1[] = [];
  const overrides = new Map<string, Partial<SyncStatus>>([['all', first]]);
  const wants = (follow: Followed1, object: KubeObject): boolean =>
    object.kind === follow.what.kind &&
    (follow.what.labelSelector === undefined || object.metadata.labels?.[follow.what.labelSelector] !== undefined);
  const statusOf = (follow: Followed1): SyncStatus => ({
    ...follow.status,
    rows: follow.rows.size,
    loaded: follow.rows.size,
    ...overrides.get('all'),
    ...overrides.get(follow.what.kind),
  });
  const tell = (follow: Followed1, batch: { added?: unknown[]; changed?: unknown[]; removed?: unknown[] }): void =>
    follow.hear({ added: [], changed: [], removed: [], ...batch, status: statusOf(follow) } as never);
  return {
    follow(what, project, hear) {
      const follow: Followed1 = {
        what,
        project,
        rows: new Map(),
        hear: hear as (update: never) => void,
        status: { state: 'synced', rows: 0, loaded: 0, dataAgeMs: 0 },
      };
      follows.push(follow);
      setImmediate(() => {
        for (const [uid, object] of known) if (wants(follow, object)) follow.rows.set(uid, project(object));
        tell(follow, { added: [...follow.rows.values()] });
      });
      return {
        rows: follow.rows as never,
        status: () => statusOf(follow),
        stop: () => void follows.splice(follows.indexOf(follow), 1),
      };
    },
    put(...objects) {
      for (const object of objects) {
        const uid = object.metadata.uid ?? object.metadata.name;
        known.set(uid, object);
        for (const follow of follows) {
          if (!wants(follow, object)) continue;
          const isNew = !follow.rows.has(uid);
          const row = follow.project(object);
          follow.rows.set(uid, row);
          tell(follow, isNew ? { added: [row] } : { changed: [row] });
        }
      }
    },
    remove(uid) {
      known.delete(uid);
      for (const follow of follows) {
        const row = follow.rows.get(uid);
        if (row !== undefined && follow.rows.delete(uid)) tell(follow, { removed: [row] });
      }
    },
    status(kind, status) {
      overrides.set(kind, { ...overrides.get(kind), ...status });
      for (const follow of follows) if (kind === 'all' || follow.what.kind === kind) tell(follow, {});
    },
  };
}
