import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api, Page, WatchEvent } from '../../src/kube/client/api.ts';
import { failure } from '../../src/kube/client/http/failure.ts';
import type { Failure, FailureReason, Outcome } from '../../src/kube/client/http/outcome.ts';
import { sanitise } from '../../src/text/sanitise.ts';

type Event = WatchEvent | Failure;

/** An open watch of the fake collection. */
interface FakeWatch {
  from: number;
  send(event: Event): void;
  /** The server ends the watch in good order. */
  end(): void;
}

/** A collection held in memory, with versions, a log of events, and whatever failures a test puts in the way. */
export interface FakeCollection {
  api: Pick<Api, 'list' | 'watch'>;
  objects: Map<string, KubeObject>;
  lists: { continue: string | undefined; limit: number | undefined }[];
  watches: FakeWatch[];
  /** Watches still open. */
  open: Set<FakeWatch>;
  /** Answers the next lists instead of the collection, in order. */
  listFailures: Failure[];
  watchFailures: Failure[];
  put(name: string, value: number): void;
  remove(name: string): void;
  /** The server is restored to how it was at an earlier version: nothing since then has happened. */
  restore(to: number): void;
  /** Events older than now can no longer be watched from. */
  compact(): void;
  bookmark(): void;
}

export const fail = (reason: FailureReason, more: Partial<Failure> = {}): Failure => ({
  ...failure(reason, sanitise(reason)),
  ...more,
});

export function fakeCollection(): FakeCollection {
  const objects = new Map<string, KubeObject>();
  const log: { version: number; event: WatchEvent }[] = [];
  const open = new Set<FakeWatch>();
  const watches: FakeWatch[] = [];
  const lists: FakeCollection['lists'] = [];
  const snapshots = new Map<number, KubeObject[]>();
  const listFailures: Failure[] = [];
  const watchFailures: Failure[] = [];
  let version = 1;
  let compacted = 0;
  let uids = 0;

  function record(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) {
    const event: WatchEvent = { type, object };
    log.push({ version, event });
    for (const watch of open) watch.send(event);
  }

  function listed(token: string | undefined, limit: number): Outcome<Page> {
    // A token is "version:offset" of the collection as it was when the list began.
    const [at, offset] = (token ?? `${version}:0`).split(':').map(Number) as [number, number];
    if (at < compacted) return fail('gone', { status: 410 });
    const all = (token === undefined ? undefined : snapshots.get(at)) ?? [...objects.values()];
    snapshots.set(at, all);
    const items = all.slice(offset, offset + limit);
    const rest = all.length - offset - items.length;
    return {
      ok: true,
      status: 200,
      value: {
        items,
        resourceVersion: String(at),
        ...(rest > 0 && { continue: `${at}:${offset + items.length}`, remaining: rest }),
      },
    };
  }

  async function* watch(
    _: unknown,
    options: { resourceVersion: string; signal: AbortSignal; onOpen?: () => void },
  ): AsyncGenerator<Event> {
    const refused = watchFailures.shift();
    if (refused) return yield refused;
    const from = Number(options.resourceVersion);
    if (from < compacted) return yield fail('gone', { status: 410 });
    const queue: (Event | 'end')[] = log.filter(entry => entry.version > from).map(entry => entry.event);
    let wake: () => void = () => undefined;
    const self: FakeWatch = {
      from,
      send(event) {
        queue.push(event);
        wake();
      },
      end() {
        queue.push('end');
        wake();
      },
    };
    watches.push(self);
    open.add(self);
    options.signal.addEventListener('abort', () => self.end());
    options.onOpen?.();
    try {
      for (;;) {
        while (queue.length === 0) await new Promise<void>(resolve => (wake = resolve));
        const event = queue.shift() as Event | 'end';
        if (event === 'end' || options.signal.aborted) return;
        yield event;
      }
    } finally {
      open.delete(self);
    }
  }

  return {
    api: {
      list: async (_, options = {}) => {
        lists.push({ continue: options.continue, limit: options.limit });
        return listFailures.shift() ?? listed(options.continue, options.limit ?? 500);
      },
      watch: watch as Api['watch'],
    },
    objects,
    lists,
    watches,
    open,
    listFailures,
    watchFailures,
    put(name, value) {
      version += 1;
      const before = objects.get(name);
      uids += before ? 0 : 1;
      const metadata = { name, uid: before?.metadata.uid ?? `uid-${uids}`, resourceVersion: String(version) };
      const object = { apiVersion: 'v1', kind: 'Pod', metadata, value };
      objects.set(name, object);
      record(before ? 'MODIFIED' : 'ADDED', object);
    },
    remove(name) {
      const before = objects.get(name);
      if (!before) return;
      version += 1;
      objects.delete(name);
      record('DELETED', { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } });
    },
    restore(to) {
      version = to;
      for (const [name, object] of objects) if (Number(object.metadata.resourceVersion) > to) objects.delete(name);
      log.splice(0, log.length, ...log.filter(entry => entry.version <= to));
      for (const watch of open) watch.send(fail('unreachable'));
    },
    compact() {
      compacted = version;
    },
    bookmark() {
      for (const watch of open) watch.send({ type: 'BOOKMARK', resourceVersion: String(version) });
    },
  };
}
