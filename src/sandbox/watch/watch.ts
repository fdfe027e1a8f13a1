import type { ServerResponse } from 'node:http';
import { matchOf, wantedRevision } from '../api/list.ts';
import { refuseInvalidWatchOptions } from '../api/options.ts';
import type { WallClock } from '../clock.ts';
import { objectText, type Representation } from '../http/respond.ts';
import type { KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';
import type { StoreEvent } from '../store.ts';

/** The collection or the object that is watched. */
export interface Watched {
  info: ResourceInfo;
  version: string;
  namespace: string | undefined;
  name: string | undefined;
}

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
const BOOKMARK_EVERY = 60_000;
const DEFAULT_SECONDS = 30 * 60;

/** What one watch sends: the selected objects, in the requested format. */
interface WatchView {
  watched: Watched;
  shown: Representation;
  match: (object: KubeObject) => boolean;
  /** A table has its column definitions only in the first event. */
  columnsSent: boolean;
}

function inScope({ watched, match }: WatchView, object: KubeObject): boolean {
  const { namespace } = watched;
  return (namespace === undefined || object.metadata.namespace === namespace) && match(object);
}

/**
 * The type of a change as a watch with a selector sees it: ADDED when the object starts to match, DELETED when it
 * stops.
 */
function typeForWatch(view: WatchView, event: StoreEvent): StoreEvent['type'] | undefined {
  const before = event.previous !== undefined && inScope(view, event.previous);
  const after = event.type !== 'DELETED' && inScope(view, event.object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : undefined;
}

function eventLine(view: WatchView, type: string, object: KubeObject): string {
  const { watched, shown } = view;
  const text = objectText(shown, object, watched.info, watched.version, !view.columnsSent);
  view.columnsSent = true;
  return `{"type":"${type}","object":${text}}\n`;
}

function bookmarkLine(view: WatchView, revision: number, initial = false): string {
  const { info, version } = view.watched;
  const metadata = {
    ...(initial ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
    resourceVersion: String(revision),
  };
  const object = { kind: info.kind, apiVersion: groupVersion(info.group, version), metadata };
  // A bookmark is an empty object in the same format as the others.
  return eventLine(view, 'BOOKMARK', object as unknown as KubeObject);
}

function tooOldLine(wanted: number, oldest: number): string {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `too old resource version: ${wanted} (${oldest})`,
    reason: 'Expired',
    code: 410,
  };
  return `${JSON.stringify({ type: 'ERROR', object: status })}\n`;
}

/** Writes lines to a connection; those of one turn of the event loop are sent together. */
function lineWriter(response: ServerResponse): { write(text: string): void; end(): void } {
  let waiting = '';
  const flush = () => {
    if (waiting !== '' && !response.writableEnded) response.write(waiting);
    waiting = '';
  };
  return {
    write(text) {
      if (waiting === '') setImmediate(flush);
      waiting += text;
    },
    end() {
      flush();
      response.end();
    },
  };
}

/**
 * Streams changes until the connection ends or the timeout is over. Without a resource version it starts with the
 * present objects; with one, with the changes since then, or with an ERROR 410 when they are no longer known.
 */
export function serveWatch(watched: Watched, shown: Representation, response: ServerResponse, wall: WallClock): void {
  const { query, kernel } = shown;
  const { store, clock } = kernel;
  const { info } = watched;
  refuseInvalidWatchOptions(query);
  const match = matchOf(info, query, watched.name) ?? (() => true);
  const view: WatchView = { watched, shown, match, columnsSent: false };
  const from = wantedRevision(query);
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const initial = query.get('sendInitialEvents') === 'true';
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || DEFAULT_SECONDS;

  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
    Date: new Date(clock.now()).toUTCString(),
  });
  response.flushHeaders();
  const out = lineWriter(response);

  if (!sendFirst(view, out, { from, initial: initial && bookmarks })) return;
  const stops: (() => void)[] = [];
  const stop = () => {
    for (const end of stops.splice(0)) end();
  };
  stops.push(store.watch(info.key, event => sendEvent(view, event, out)));
  stops.push(
    later(wall, seconds * 1000, () => {
      stop();
      out.end();
    }),
  );
  if (bookmarks) stops.push(regularly(wall, BOOKMARK_EVERY, () => out.write(bookmarkLine(view, store.revision()))));
  response.on('close', stop);
}

function later(wall: WallClock, ms: number, callback: () => void): () => void {
  const handle = wall.setTimeout(callback, ms);
  return () => wall.clearTimeout(handle);
}

function regularly(wall: WallClock, ms: number, callback: () => void): () => void {
  let cancel = () => {};
  const again = () => {
    cancel = later(wall, ms, () => {
      callback();
      again();
    });
  };
  again();
  return () => cancel();
}

type Lines = ReturnType<typeof lineWriter>;

/**
 * Sends the first events of a watch. False when the changes since its start are no longer known; then the watch is
 * over.
 */
function sendFirst(
  view: WatchView,
  out: Lines,
  { from, initial }: { from: number | undefined; initial: boolean },
): boolean {
  const { watched, shown, match } = view;
  const { store } = shown.kernel;
  const { key } = watched.info;
  const sendInitialEvents = shown.query.get('sendInitialEvents');
  if (from === undefined || sendInitialEvents === 'true') {
    if (sendInitialEvents !== 'false')
      for (const object of store.list(key, watched.namespace))
        if (match(object)) out.write(eventLine(view, 'ADDED', object));
    if (initial) out.write(bookmarkLine(view, store.revision(), true));
    return true;
  }
  const missed = store.since(key, from);
  if (missed) for (const event of missed) sendEvent(view, event, out);
  else {
    out.write(tooOldLine(from, store.revision()));
    out.end();
  }
  return missed !== undefined;
}

function sendEvent(view: WatchView, event: StoreEvent, out: { write(text: string): void }): void {
  const type = typeForWatch(view, event);
  if (!type) return;
  if (type !== 'DELETED' || event.type === 'DELETED') {
    out.write(eventLine(view, type, event.object));
    return;
  }
  // The object stopped matching the selector: it is sent in its last matching state, with the revision of the change.
  const last = event.previous as KubeObject;
  const metadata = { ...last.metadata, resourceVersion: String(event.revision) };
  out.write(eventLine(view, type, { ...last, metadata }));
}
