import type { Clock } from '../host/clock.ts';
import { TYPE_LABEL } from '../injection/record/markers.ts';
import { keyOf, rankOf, select, titleOf, undiscoveredGroups } from '../injection/resources.ts';
import type { Api } from '../kube/client/api.ts';
import { pooled } from '../kube/client/pooled.ts';
import type { ApiResource } from '../kube/discovery/discovery.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Followed, Sweep } from './followed.ts';
import { type Marker, markerOf } from './marker.ts';

/** Why something is not known: it has not been read yet. */
export const NOT_READ_YET = 'not looked at yet';

/** Whether kinds in which injections may be have not been read for the first time yet. */
export const isFirstReadPending = (unseen: readonly { reason: string }[]): boolean =>
  unseen.some(({ reason }) => reason === NOT_READ_YET);

/** One round over all kinds takes this long, spread out so that it costs next to nothing; milliseconds. */
const ROUND_MS = 30_000;
/** The first round begins after this time at the latest, even if the board is not complete. */
const BEGIN_MS = 5_000;
/** How many lists run in parallel in the first round. */
const WIDTH = 6;
const LIST_MS = 15_000;
/** Rounds from one discovery to the next. */
const DISCOVER_EVERY = 4;

/** The state of a sweep. Keys are those of resources. */
interface Sweeping {
  readonly api: Pick<Api, 'listAll' | 'discovery'>;
  readonly clock: Clock;
  readonly followed: readonly Followed[];
  readonly changed: () => void;
  readonly ended: AbortController;
  readonly started: AbortController;
  readonly found: Map<string, readonly Marker[]>;
  /** Why a kind could not be read. */
  readonly blind: Map<string, string>;
  /** Groups whose kinds are not known. */
  unknown: { kind: string; reason: string }[];
  isFirstRound: boolean;
  /** The kinds of the present round. */
  kinds: readonly ApiResource[];
}

/**
 * Searches for injections on every kind that is not followed: lists the metadata of objects with the type label,
 * first all kinds in parallel and then one kind after the other. A kind that cannot be read is named, never counted
 * as empty.
 */
export function startSweep(
  api: Pick<Api, 'listAll' | 'discovery'>,
  clock: Clock,
  followed: readonly Followed[],
  changed: () => void,
): Sweep {
  const sweeping: Sweeping = {
    api,
    clock,
    followed,
    changed,
    ended: new AbortController(),
    started: new AbortController(),
    found: new Map(),
    blind: new Map(),
    unknown: [],
    isFirstRound: true,
    kinds: [],
  };
  void run(sweeping).catch(() => undefined);
  return {
    markers: () => markersOf(sweeping),
    unseen: () => unseenBy(sweeping),
    begin: () => sweeping.started.abort(),
    again() {
      for (const resource of sweeping.kinds)
        if (sweeping.found.has(keyOf(resource))) void listMarked(sweeping, resource).catch(() => undefined);
    },
    stop: () => sweeping.ended.abort(),
  };
}

async function run(sweeping: Sweeping): Promise<void> {
  const { clock, started, ended, changed } = sweeping;
  await clock.sleep(BEGIN_MS, AbortSignal.any([started.signal, ended.signal])).catch(() => undefined);
  for (let round = 0; !ended.signal.aborted; ) {
    // The served kinds change with CRDs, so discovery is repeated now and then.
    const resources = await kindsToSweep(sweeping, round % DISCOVER_EVERY === DISCOVER_EVERY - 1);
    if (resources.length === 0) {
      changed();
      await clock.sleep(BEGIN_MS, ended.signal);
      continue;
    }
    sweeping.kinds = resources;
    if (round === 0) await pooled(resources, WIDTH, resource => listUnlessEnded(sweeping, resource));
    else await laterRound(sweeping, resources);
    sweeping.isFirstRound = false;
    round += 1;
    changed();
  }
}

/** The kinds that the cluster serves and that are not followed; what was known of all others is forgotten. */
async function kindsToSweep(sweeping: Sweeping, refresh: boolean): Promise<ApiResource[]> {
  const { api, followed, found, blind } = sweeping;
  const discovery = await api.discovery(refresh);
  if (!discovery.ok) {
    sweeping.unknown = [{ kind: '*', reason: sanitise(discovery.message, 200) }];
    return [];
  }
  sweeping.unknown = undiscoveredGroups(discovery.value).blind.map(({ resource, reason }) => ({
    kind: resource,
    reason,
  }));
  const isFollowed = ({ apiVersion, kind }: ApiResource) =>
    followed.some(one => one.apiVersion === apiVersion && one.kind === kind);
  const resources = select(discovery.value.resources, undefined).resources.filter(one => !isFollowed(one));
  const keys = new Set(resources.map(keyOf));
  for (const known of [...found.keys(), ...blind.keys()]) if (!keys.has(known)) forget(sweeping, known);
  return resources;
}

function forget({ found, blind }: Sweeping, key: string): void {
  found.delete(key);
  blind.delete(key);
}

async function listUnlessEnded(sweeping: Sweeping, resource: ApiResource): Promise<void> {
  if (!sweeping.ended.signal.aborted) await listMarked(sweeping, resource);
}

async function laterRound(sweeping: Sweeping, resources: readonly ApiResource[]): Promise<void> {
  const pause = ROUND_MS / Math.max(1, resources.length);
  for (const resource of resources) {
    await sweeping.clock.sleep(pause, sweeping.ended.signal);
    await listMarked(sweeping, resource);
  }
}

/** Lists the marked objects of one kind. */
async function listMarked(sweeping: Sweeping, resource: ApiResource): Promise<void> {
  const { api, found, blind, ended, changed } = sweeping;
  const { apiVersion, kind } = resource;
  const key = keyOf(resource);
  const before = JSON.stringify([found.get(key), blind.get(key)]);
  const listed = await api.listAll(
    { apiVersion, kind },
    { metadataOnly: true, labelSelector: TYPE_LABEL, timeoutMs: LIST_MS, signal: ended.signal },
  );
  if (ended.signal.aborted) return;
  forget(sweeping, key);
  if (listed.ok) {
    const markers = listed.value.items.flatMap(item => markerOf({ ...item, apiVersion, kind }) ?? []);
    if (markers.length > 0) found.set(key, markers);
  } else if (listed.reason !== 'not-found') blind.set(key, `${titleOf(resource)}: ${listed.reason}`);
  if (JSON.stringify([found.get(key), blind.get(key)]) !== before) changed();
}

function* markersOf({ found }: Sweeping): Generator<Marker> {
  const seen = new Set<string>();
  // Two groups may serve one object: the one of Kubernetes itself names it.
  const ranked = [...found].toSorted(([a], [b]) => rankOfKey(a) - rankOfKey(b));
  for (const marker of ranked.flatMap(([, markers]) => markers)) {
    if (marker.uid !== '' && seen.has(marker.uid)) continue;
    seen.add(marker.uid);
    yield marker;
  }
}

function unseenBy({ unknown, blind, isFirstRound }: Sweeping): { kind: string; reason: string }[] {
  return [
    ...unknown,
    ...[...blind.values()].map(text => ({ kind: text.split(': ')[0] ?? text, reason: text.split(': ')[1] ?? '' })),
    ...(isFirstRound && !unknown.some(({ kind }) => kind === '*')
      ? [{ kind: 'other kinds', reason: NOT_READ_YET }]
      : []),
  ];
}

const rankOfKey = (key: string): 0 | 1 => {
  const slash = key.indexOf('/');
  return rankOf({ group: key.slice(0, slash), resource: key.slice(slash + 1) });
};
