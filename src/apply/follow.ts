import type { Clock } from '../host/clock.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api, WatchEvent } from '../kube/client/api.ts';
import { age } from '../text/duration.ts';
import { type ApplyEvent, eventsBetween } from './event.ts';
import { eventText, revertsAt, type Seen, seenOf } from './state.ts';

/** How following ended. `seen` is the last state that was read. */
export type End =
  /** Its controller has finished with it. */
  | { is: 'over'; seen: Seen }
  /** It was deleted, or another object has its name. */
  | { is: 'gone'; seen?: Seen }
  /** No controller took it within the time limit. */
  | { is: 'nobody'; seen: Seen }
  | { is: 'time-up'; seen?: Seen }
  /** The user stopped following. */
  | { is: 'left'; seen?: Seen };

export interface FollowOptions {
  api: Api;
  clock: Clock;
  /** The object to follow. With a uid, an object of the same name and another uid does not count. */
  object: ObjectRef;
  /** How long a controller may take before a warning is given. */
  acceptMs: number;
  /** How long to follow at most. */
  timeoutMs?: number;
  emit(event: ApplyEvent): void;
  signal: AbortSignal;
}

/** The longest time without a read: a watch may have gone silent. */
const READ_AGAIN_MS = 10_000;
/** The pause after a failure, or where watching is not permitted. */
const PAUSE_MS = 1_000;
/** How long a controller may take to remove its finalizer after the end: it records an abort before it reverts the fault. */
const LET_GO_MS = 10_000;
/** The framework's controller checks TTLs every 30 s and then reverts; this leaves some time for the revert. */
const LATE_MS = 45_000;

/** Reports what the controller does with a ChaosExperiment, until its end. Only reads; the controller does not depend on it. */
export async function follow(options: FollowOptions): Promise<End> {
  const { api, clock, signal } = options;
  const self = followed(options);
  while (!signal.aborted) {
    const got = await api.get(self.object());
    if (!got.ok && got.reason === 'not-found') return self.gone();
    const end = got.ok ? self.absorb(got.value) : self.unread(got.message);
    if (end !== undefined) return end;
    const due = await self.due();
    if (due !== undefined) return due;
    const wait = new AbortController();
    const alarm = clock.sleep(got.ok ? self.untilNext() : PAUSE_MS, wait.signal).then(
      () => 'time' as const,
      () => 'time' as const,
    );
    const stop = AbortSignal.any([signal, wait.signal]);
    stop.addEventListener('abort', () => wait.abort(), { once: true });
    const watched = got.ok ? self.watch(got.value, stop) : alarm;
    const first = await Promise.race([watched, alarm]);
    wait.abort();
    if (typeof first !== 'string') return first;
    if (first === 'broken') await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
  return { is: 'left', ...self.last() };
}

function followed({ api, clock, emit, object: asked, acceptMs, timeoutMs }: FollowOptions) {
  const began = clock.monotonic();
  const said = new Set<string>();
  let object = asked;
  let seen: Seen | undefined;
  let isTaken = false;

  const once = (key: string, event: ApplyEvent) => {
    if (said.has(key)) return;
    said.add(key);
    emit(event);
  };
  const last = () => (seen === undefined ? {} : { seen });
  const elapsed = () => clock.monotonic() - began;
  const gone = (): End =>
    seen !== undefined && overSince !== undefined ? { is: 'over', seen } : { is: 'gone', ...last() };
  let overSince: number | undefined;

  function absorb(live: KubeObject): End | undefined {
    if (object.uid !== undefined && live.metadata.uid !== object.uid) return gone();
    object = { ...object, ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }) };
    const now = seenOf(live);
    for (const event of eventsBetween(seen, now)) emit(event);
    seen = now;
    isTaken ||= now.isTaken;
    if (!now.isOver) return undefined;
    overSince ??= clock.monotonic();
    return now.isHeld ? undefined : { is: 'over', seen: now };
  }

  /** Reports each Event about it once. */
  async function reportEvents(now: Seen): Promise<void> {
    const { namespace } = object;
    const listed = await api.list(
      { apiVersion: 'v1', kind: 'Event', ...(namespace === undefined ? {} : { namespace }) },
      { fieldSelector: `involvedObject.uid=${now.uid}` },
    );
    if (!listed.ok) return once('events', { event: 'note', text: `BLIND to its Events: ${listed.message}` });
    const about = listed.value.items.filter(
      ({ involvedObject }) => (involvedObject as { uid?: unknown } | undefined)?.uid === now.uid,
    );
    for (const { key, says } of about.map(eventText).sort((a, b) => a.at - b.at))
      once(`event ${key}`, { event: 'note', text: says });
    isTaken ||= about.length > 0;
  }

  return {
    object: (): ObjectRef => {
      const { uid: _uid, ...ref } = object;
      return ref;
    },
    last,
    gone,
    absorb,
    unread(message: string): undefined {
      once(`unread ${message}`, { event: 'note', text: `cannot be read: ${message}; asked again` });
      return undefined;
    },
    /** What follows from the passing of time alone. */
    async due(): Promise<End | undefined> {
      if (timeoutMs !== undefined && elapsed() >= timeoutMs) return { is: 'time-up', ...last() };
      if (seen === undefined) return undefined;
      if (overSince !== undefined && clock.monotonic() - overSince >= LET_GO_MS) {
        emit({
          event: 'note',
          text: `it is ${seen.phase}, and its controller has not removed its finalizer`,
        });
        return { is: 'over', seen };
      }
      if (seen.injectedAt === undefined && (elapsed() >= PAUSE_MS || isTaken)) await reportEvents(seen);
      if (!isTaken && elapsed() >= acceptMs) return { is: 'nobody', seen };
      for (const event of overdue(seen, api.serverTime().now)) once(event.event + clockOf(event), event);
      return undefined;
    },
    /** Milliseconds until the next moment at which something may be due. */
    untilNext(): number {
      const now = api.serverTime().now;
      const at = seen === undefined ? undefined : revertsAt(seen);
      const moments = [
        READ_AGAIN_MS,
        ...(overSince === undefined ? [] : [PAUSE_MS]),
        ...(isTaken ? [] : [acceptMs - elapsed(), 2 * PAUSE_MS]),
        ...(timeoutMs === undefined ? [] : [timeoutMs - elapsed()]),
        ...(seen?.ttlEnd === undefined ? [] : [seen.ttlEnd - now]),
        ...(seen?.observesUntil === undefined ? [] : [seen.observesUntil - now]),
        ...(at === undefined ? [] : [at + LATE_MS - now]),
      ].filter(ms => ms > 0);
      return Math.min(...moments);
    },
    /** Handles changes as they come. `broken`: the watch has ended, so the object must be read again. */
    async watch(live: KubeObject, stop: AbortSignal): Promise<End | 'time' | 'broken'> {
      const moments = () => `${isTaken} ${seen?.injectedAt} ${overSince}`;
      const before = moments();
      for await (const change of changesOf(api, object, live.metadata.resourceVersion ?? '', stop)) {
        const end = absorb(change.object) ?? (change.type === 'DELETED' ? gone() : undefined);
        if (end !== undefined) return end;
        // The next moment to wait for has changed.
        if (moments() !== before) return 'time';
      }
      return stop.aborted ? 'time' : 'broken';
    },
  };
}

/** Every change of one object; ends when the watch fails. */
async function* changesOf(
  api: Api,
  { apiVersion, kind, namespace, name }: ObjectRef,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<Exclude<WatchEvent, { type: 'BOOKMARK' }>> {
  const collection = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
  const events = api.watch(collection, { resourceVersion, fieldSelector: `metadata.name=${name}`, signal });
  for await (const event of events) {
    if ('ok' in event) return;
    if (event.type !== 'BOOKMARK' && event.object.metadata.name === name) yield event;
  }
}

const clockOf = (event: ApplyEvent): string => ('clock' in event ? ` ${event.clock}` : '');

function overdue(seen: Seen, now: number): ApplyEvent[] {
  if (seen.state !== 'live' && seen.state !== 'stuck') return [];
  const { ttlEnd, observesUntil } = seen;
  const end = revertsAt(seen);
  return [
    ...(ttlEnd !== undefined && now >= ttlEnd
      ? [
          {
            event: 'deadline' as const,
            clock: 'ttl' as const,
            says: 'TTL over: its controller reverts now, up to 30s late',
          },
        ]
      : []),
    ...(observesUntil !== undefined && now >= observesUntil
      ? [
          {
            event: 'deadline' as const,
            clock: 'recovery' as const,
            says: 'its observation time is over: its controller reverts now',
          },
        ]
      : []),
    ...(end !== undefined && now >= end + LATE_MS
      ? [
          {
            event: 'overdue' as const,
            says: `OVERDUE: its controller should have reverted the fault ${age(now - end)} ago and has not; does it still run?`,
          },
        ]
      : []),
  ];
}
