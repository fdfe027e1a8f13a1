import type { KubeObject } from '../../k8s/object.ts';
import { literal } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Failure } from '../client/http/outcome.ts';
import { keyOf, type ReflectorContext } from './reflector-context.ts';

/** Whether a resource version is older. Versions are growing numbers; one that is not a number counts as newer. */
function isEarlier(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}

/** Watches from the last version on; after an outage only where the server still knows that version. */
export async function reflectWatch<Row>(
  reflecting: ReflectorContext<Row>,
  signal: AbortSignal,
): Promise<'watch' | 'list' | Failure> {
  const { self } = reflecting;
  const isAhead = self.afterOutage ? await isVersionAhead(reflecting, signal) : false;
  if (typeof isAhead !== 'boolean') return isAhead;
  self.afterOutage = false;
  return isAhead ? 'list' : watch(reflecting, signal);
}

/**
 * After an outage the server's store may have been restored from a backup; a watch from a later version would open
 * and stay silent.
 */
async function isVersionAhead<Row>(
  { api, collection, query, self }: ReflectorContext<Row>,
  signal: AbortSignal,
): Promise<boolean | Failure> {
  const now = await api.list(collection, { ...query, limit: 1, metadataOnly: true, signal });
  return now.ok ? isEarlier(now.value.resourceVersion, self.version) : now;
}

async function watch<Row>(reflecting: ReflectorContext<Row>, signal: AbortSignal): Promise<'watch' | 'list' | Failure> {
  const { api, collection, query, self, publisher } = reflecting;
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener('abort', stop, { once: true });
  const watchdogTask = watchdog(reflecting, connection);
  try {
    for await (const event of api.watch(collection, {
      ...query,
      resourceVersion: self.version,
      signal: connection.signal,
      onOpen: () => opened(reflecting),
    })) {
      if ('ok' in event) return event.reason === 'gone' ? 'list' : event;
      received(reflecting);
      if (event.type === 'BOOKMARK') {
        self.version = event.resourceVersion || self.version;
        continue;
      }
      apply(reflecting, event.type, event.object);
      publisher.publishSoon(signal);
    }
    return 'watch';
  } finally {
    connection.abort();
    signal.removeEventListener('abort', stop);
    await watchdogTask;
  }
}

function opened<Row>({ self, clock, setState }: ReflectorContext<Row>): void {
  self.lastReceivedAt = clock.monotonic();
  setState('synced');
}

function received<Row>({ self, clock, backoff }: ReflectorContext<Row>): void {
  self.lastReceivedAt = clock.monotonic();
  self.watchFailures = 0;
  backoff.reset();
}

function apply<Row>(
  { self, store, absorb }: ReflectorContext<Row>,
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: KubeObject,
): void {
  self.version = object.metadata.resourceVersion ?? self.version;
  if (type === 'DELETED') store.remove(keyOf(object));
  else absorb(object);
}

/** Aborts a connection that has been silent for too long. */
async function watchdog<Row>(
  { self, clock, timing, setState }: ReflectorContext<Row>,
  connection: AbortController,
): Promise<void> {
  const openedAt = clock.monotonic();
  while (!connection.signal.aborted) {
    const silence = clock.monotonic() - Math.max(self.lastReceivedAt, openedAt);
    if (silence >= timing.stallMs) {
      setState('reconnecting', failure('unreachable', literal('the watch went silent')));
      connection.abort();
      return;
    }
    await clock.sleep(timing.stallMs - silence, connection.signal).catch(() => undefined);
  }
}
