import type { Clock } from '../host/clock.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api, WatchEvent } from '../kube/client/api.ts';
import type { End } from './end.ts';
import { type ApplyEvent, eventsBetween } from './event.ts';
import { LATE_MS, overdueEvents } from './overdue.ts';
import { type AppliedState, appliedState, eventText, revertsAt } from './state.ts';

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
export const PAUSE_MS = 1_000;
/** How long a controller may take to remove its finalizer after the end: it records an abort before it reverts the fault. */
const FINALIZER_MS = 10_000;

/** A ChaosExperiment that is followed: its last state, and what has been reported about it. */
export interface FollowedExperiment {
  /** The object without its uid, for the next read. */
  object(): ObjectRef;
  /** The last state that was read, for an `End`. */
  last(): { seen?: AppliedState };
  /** How following ends where the object no longer exists. */
  deletedEnd(): End;
  /** Takes a new state of the object, and reports what has changed. Gives the end where it is over. */
  update(live: KubeObject): End | undefined;
  /** Reports that the object could not be read, once for each reason. */
  readFailed(message: string): undefined;
  /** Reports what follows from the passing of time alone. Gives the end where a time limit has passed. */
  check(): Promise<End | undefined>;
  /** Milliseconds until the next moment at which `check` may have something to report. */
  msUntilNextCheck(): number;
  /** Handles changes as they come. `time`: the next moment for `check` has changed. `broken`: the watch has ended, so the object must be read again. */
  watch(live: KubeObject, stop: AbortSignal): Promise<End | 'time' | 'broken'>;
}

/** What is known of a followed experiment. Times on the monotonic clock. */
interface Following {
  object: ObjectRef;
  seen?: AppliedState;
  /** Whether a controller has taken it. */
  isTaken: boolean;
  overSince?: number;
  readonly began: number;
  readonly reported: Set<string>;
}

/** Starts to follow an experiment; nothing is read yet. */
export function createFollowedExperiment(options: FollowOptions): FollowedExperiment {
  const { clock } = options;
  const state: Following = {
    object: options.object,
    isTaken: false,
    began: clock.monotonic(),
    reported: new Set(),
  };
  return {
    object: () => {
      const { uid: _uid, ...ref } = state.object;
      return ref;
    },
    last: () => last(state),
    deletedEnd: () => deletedEnd(state),
    update: live => update(state, options, live),
    readFailed(message) {
      reportOnce(state, options, `unread ${message}`, {
        event: 'note',
        text: `cannot be read: ${message}; asked again`,
      });
      return undefined;
    },
    check: () => check(state, options),
    msUntilNextCheck: () => msUntilNextCheck(state, options),
    watch: (live, stop) => watch(state, options, live, stop),
  };
}

const last = ({ seen }: Following): { seen?: AppliedState } => (seen === undefined ? {} : { seen });

const deletedEnd = (state: Following): End =>
  state.seen !== undefined && state.overSince !== undefined
    ? { is: 'over', seen: state.seen }
    : { is: 'gone', ...last(state) };

function reportOnce({ reported }: Following, { emit }: FollowOptions, key: string, event: ApplyEvent): void {
  if (reported.has(key)) return;
  reported.add(key);
  emit(event);
}

function update(state: Following, { clock, emit }: FollowOptions, live: KubeObject): End | undefined {
  const { object } = state;
  if (object.uid !== undefined && live.metadata.uid !== object.uid) return deletedEnd(state);
  state.object = { ...object, ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }) };
  const now = appliedState(live);
  for (const event of eventsBetween(state.seen, now)) emit(event);
  state.seen = now;
  state.isTaken ||= now.isTaken;
  if (!now.isOver) return undefined;
  state.overSince ??= clock.monotonic();
  return now.isHeld ? undefined : { is: 'over', seen: now };
}

/** Reports each Event about the experiment once. */
async function reportEvents(state: Following, options: FollowOptions, now: AppliedState): Promise<void> {
  const { namespace } = state.object;
  const listed = await options.api.list(
    { apiVersion: 'v1', kind: 'Event', ...(namespace === undefined ? {} : { namespace }) },
    { fieldSelector: `involvedObject.uid=${now.uid}` },
  );
  if (!listed.ok)
    return reportOnce(state, options, 'events', { event: 'note', text: `BLIND to its Events: ${listed.message}` });
  const about = listed.value.items.filter(
    ({ involvedObject }) => (involvedObject as { uid?: unknown } | undefined)?.uid === now.uid,
  );
  for (const { key, says } of about.map(eventText).sort((a, b) => a.at - b.at))
    reportOnce(state, options, `event ${key}`, { event: 'note', text: says });
  state.isTaken ||= about.length > 0;
}

async function check(state: Following, options: FollowOptions): Promise<End | undefined> {
  const { api, clock, emit, acceptMs, timeoutMs } = options;
  const { seen, began, overSince } = state;
  const elapsed = () => clock.monotonic() - began;
  if (timeoutMs !== undefined && elapsed() >= timeoutMs) return { is: 'time-up', ...last(state) };
  if (seen === undefined) return undefined;
  if (overSince !== undefined && clock.monotonic() - overSince >= FINALIZER_MS) {
    emit({ event: 'note', text: `it is ${seen.phase}, and its controller has not removed its finalizer` });
    return { is: 'over', seen };
  }
  if (seen.injectedAt === undefined && (elapsed() >= PAUSE_MS || state.isTaken))
    await reportEvents(state, options, seen);
  if (!state.isTaken && elapsed() >= acceptMs) return { is: 'nobody', seen };
  for (const event of overdueEvents(seen, api.serverTime().now))
    reportOnce(state, options, event.event + clockOf(event), event);
  return undefined;
}

function msUntilNextCheck(
  { seen, began, overSince, isTaken }: Following,
  { api, clock, acceptMs, timeoutMs }: FollowOptions,
): number {
  const now = api.serverTime().now;
  const elapsed = clock.monotonic() - began;
  const revertAt = seen === undefined ? undefined : revertsAt(seen);
  const waits = [
    READ_AGAIN_MS,
    ...(overSince === undefined ? [] : [PAUSE_MS]),
    ...(isTaken ? [] : [acceptMs - elapsed, 2 * PAUSE_MS]),
    ...(timeoutMs === undefined ? [] : [timeoutMs - elapsed]),
    ...(seen?.ttlEnd === undefined ? [] : [seen.ttlEnd - now]),
    ...(seen?.observesUntil === undefined ? [] : [seen.observesUntil - now]),
    ...(revertAt === undefined ? [] : [revertAt + LATE_MS - now]),
  ].filter(ms => ms > 0);
  return Math.min(...waits);
}

async function watch(
  state: Following,
  options: FollowOptions,
  live: KubeObject,
  stop: AbortSignal,
): Promise<End | 'time' | 'broken'> {
  const moments = () => `${state.isTaken} ${state.seen?.injectedAt} ${state.overSince}`;
  const before = moments();
  for await (const change of changesOf(options.api, state.object, live.metadata.resourceVersion ?? '', stop)) {
    const end = update(state, options, change.object) ?? (change.type === 'DELETED' ? deletedEnd(state) : undefined);
    if (end !== undefined) return end;
    if (moments() !== before) return 'time';
  }
  return stop.aborted ? 'time' : 'broken';
}

const clockOf = (event: ApplyEvent): string => ('clock' in event ? ` ${event.clock}` : '');

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
