import { type Fields, fields, time } from '../../k8s/fields.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { WarningEvent } from './cluster-view.ts';

/**
 * The most warnings that are kept, each with its repetitions; beyond that the one without news for the longest time
 * is dropped.
 */
const MOST_EVENTS = 4_000;
/** API servers delete an event an hour after its last repetition by default. */
const EVENT_TTL_MS = 3_600_000;

/**
 * The warning in one Event object; undefined when it is not a warning or names no object. `now` is the server time of
 * the read.
 */
export function warningOf(object: KubeObject, now: number | undefined): WarningEvent | undefined {
  const event = object as Fields;
  if (event.type === 'Normal') return undefined;
  const about = involvedRef(fields(event.involvedObject ?? event.regarding));
  if (about === undefined) return undefined;
  const series = fields(event.series);
  const message = sanitise(event.message ?? event.note);
  const created = time(object.metadata.creationTimestamp);
  const began = time(event.firstTimestamp) ?? time(event.deprecatedFirstTimestamp) ?? time(event.eventTime);
  const first = began ?? created ?? 0;
  const last =
    time(series.lastObservedTime) ??
    time(event.lastTimestamp) ??
    time(event.deprecatedLastTimestamp) ??
    time(event.eventTime) ??
    created ??
    first;
  const count = [series.count, event.count, event.deprecatedCount].find(one => typeof one === 'number' && one > 0);
  // For older events the API server may already have deleted earlier repetitions.
  const isRemembered = now === undefined || now - first < EVENT_TTL_MS;
  const isWhole = began !== undefined && isRemembered && !message.startsWith('(combined from similar events)');
  return {
    about,
    reason: sanitise(event.reason, 128),
    message,
    count: (count as number | undefined) ?? 1,
    first: { at: first, exact: isWhole },
    last: Math.max(first, last),
  };
}

function involvedRef({ apiVersion, kind, namespace, name, uid }: Fields): ObjectRef | undefined {
  if (typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return {
    apiVersion: sanitise(apiVersion),
    kind: sanitise(kind),
    name: sanitise(name),
    ...(typeof namespace === 'string' && namespace !== '' && { namespace: sanitise(namespace) }),
    ...(typeof uid === 'string' && uid !== '' && { uid: sanitise(uid) }),
  };
}

const keyOfObject = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

/** Warning events by object. Several Event objects with the same reason and message count as one. */
export interface WarningStore {
  put(uid: string, event: WarningEvent): void;
  remove(uid: string): void;
  about(object: { kind: string; namespace?: string; name: string; uid?: string }): readonly WarningEvent[];
  all(): Iterable<WarningEvent>;
  readonly size: number;
}

/** A store of at most `most` Event objects. */
export function createWarningStore(most = MOST_EVENTS): WarningStore {
  const byUid = new Map<string, WarningEvent>();
  const byObject = new Map<string, Set<string>>();
  const keyOf = ({ about }: WarningEvent) => keyOfObject(about.kind, about.namespace, about.name);

  function remove(uid: string): void {
    const event = byUid.get(uid);
    if (event === undefined) return;
    byUid.delete(uid);
    const key = keyOf(event);
    const uids = byObject.get(key);
    uids?.delete(uid);
    if (uids?.size === 0) byObject.delete(key);
  }

  /** Drops a tenth at once, so that a flood of events does not cost a search for each. */
  function makeRoom(): void {
    const oldest = [...byUid].toSorted(([, a], [, b]) => a.last - b.last).slice(0, Math.ceil(most / 10));
    for (const [uid] of oldest) remove(uid);
  }

  function about(key: string): WarningEvent[] {
    return combined([...(byObject.get(key) ?? [])].flatMap(uid => byUid.get(uid) ?? []));
  }

  return {
    put(uid, event) {
      remove(uid);
      if (byUid.size >= most) makeRoom();
      byUid.set(uid, event);
      const key = keyOf(event);
      const uids = byObject.get(key) ?? new Set();
      byObject.set(key, uids.add(uid));
    },
    remove,
    about({ kind, namespace, name, uid }) {
      const all = about(keyOfObject(kind, namespace, name));
      // Events about an earlier object of the same name are left out. Events about nodes have the name in place of
      // the uid.
      return uid === undefined
        ? all
        : all.filter(one => one.about.uid === undefined || one.about.uid === uid || one.about.uid === name);
    },
    *all() {
      for (const key of byObject.keys()) yield* about(key);
    },
    get size() {
      return byUid.size;
    },
  };
}

/** The events with their repetitions combined, newest first. */
function combined(events: readonly WarningEvent[]): WarningEvent[] {
  const byText = new Map<string, WarningEvent>();
  for (const event of events) {
    const key = `${event.about.uid ?? ''} ${event.reason} ${event.message}`;
    const other = byText.get(key);
    if (other === undefined) byText.set(key, event);
    else
      byText.set(key, {
        ...event,
        count: event.count + other.count,
        first: other.first.at < event.first.at ? other.first : event.first,
        last: Math.max(event.last, other.last),
      });
  }
  return [...byText.values()].sort((a, b) => b.last - a.last);
}
