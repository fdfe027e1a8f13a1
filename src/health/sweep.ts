import type { Clock } from '../host/clock.ts';
import { TYPE_LABEL } from '../injection/record/markers.ts';
import { keyOf, rankOf, select, titleOf, undiscoveredGroups } from '../injection/resources.ts';
import type { Api } from '../kube/client/api.ts';
import type { ApiResource } from '../kube/discovery/discovery.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Followed, Sweep } from './followed.ts';
import { type Marker, markerOf } from './marker.ts';

/** Why something is not known: it has not been read yet. */
export const NOT_READ_YET = 'not looked at yet';

/** One round over all kinds takes this long, spread out so that it costs next to nothing; milliseconds. */
const ROUND_MS = 30_000;
/** The first round begins after this time at the latest, even if the board is not complete. */
const BEGIN_MS = 5_000;
/** How many lists run in parallel in the first round. */
const WIDTH = 6;
const LIST_MS = 15_000;
/** Rounds from one discovery to the next. */
const DISCOVER_EVERY = 4;

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
  const ended = new AbortController();
  const started = new AbortController();
  const found = new Map<string, readonly Marker[]>();
  const blind = new Map<string, string>();
  let unknown: { kind: string; reason: string }[] = [];
  let isFirst = true;
  /** The kinds of the present round. */
  let last: readonly ApiResource[] = [];
  const isFollowed = ({ apiVersion, kind }: ApiResource) =>
    followed.some(one => one.apiVersion === apiVersion && one.kind === kind);

  async function kinds(refresh: boolean): Promise<ApiResource[]> {
    const discovery = await api.discovery(refresh);
    if (!discovery.ok) {
      unknown = [{ kind: '*', reason: sanitise(discovery.message, 200) }];
      return [];
    }
    unknown = undiscoveredGroups(discovery.value).blind.map(({ resource, reason }) => ({ kind: resource, reason }));
    const resources = select(discovery.value.resources, undefined).resources.filter(one => !isFollowed(one));
    const keys = new Set(resources.map(keyOf));
    for (const known of [...found.keys(), ...blind.keys()]) if (!keys.has(known)) forget(known);
    return resources;
  }

  function forget(key: string): void {
    found.delete(key);
    blind.delete(key);
  }

  async function look(resource: ApiResource): Promise<void> {
    const { apiVersion, kind } = resource;
    const key = keyOf(resource);
    const before = JSON.stringify([found.get(key), blind.get(key)]);
    const listed = await api.listAll(
      { apiVersion, kind },
      { metadataOnly: true, labelSelector: TYPE_LABEL, timeoutMs: LIST_MS, signal: ended.signal },
    );
    if (ended.signal.aborted) return;
    forget(key);
    if (listed.ok) {
      const markers = listed.value.items.flatMap(item => markerOf({ ...item, apiVersion, kind }) ?? []);
      if (markers.length > 0) found.set(key, markers);
    } else if (listed.reason !== 'not-found') blind.set(key, `${titleOf(resource)}: ${listed.reason}`);
    if (JSON.stringify([found.get(key), blind.get(key)]) !== before) changed();
  }

  async function firstRound(resources: readonly ApiResource[]): Promise<void> {
    const queue = [...resources];
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined && !ended.signal.aborted; next = queue.shift())
        await look(next);
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
  }

  async function laterRound(resources: readonly ApiResource[]): Promise<void> {
    const pause = ROUND_MS / Math.max(1, resources.length);
    for (const resource of resources) {
      await clock.sleep(pause, ended.signal);
      await look(resource);
    }
  }

  async function run(): Promise<void> {
    await clock.sleep(BEGIN_MS, AbortSignal.any([started.signal, ended.signal])).catch(() => undefined);
    for (let round = 0; !ended.signal.aborted; ) {
      // The served kinds change with CRDs, so discovery is repeated now and then.
      const resources = await kinds(round % DISCOVER_EVERY === DISCOVER_EVERY - 1);
      if (resources.length === 0) {
        changed();
        await clock.sleep(BEGIN_MS, ended.signal);
        continue;
      }
      last = resources;
      if (round === 0) await firstRound(resources);
      else await laterRound(resources);
      isFirst = false;
      round += 1;
      changed();
    }
  }

  void run().catch(() => undefined);
  return {
    *markers() {
      const seen = new Set<string>();
      // One object may be served by two groups: Kubernetes' own names it.
      const ranked = [...found].toSorted(([a], [b]) => rankOfKey(a) - rankOfKey(b));
      for (const marker of ranked.flatMap(([, markers]) => markers)) {
        if (marker.uid !== '' && seen.has(marker.uid)) continue;
        seen.add(marker.uid);
        yield marker;
      }
    },
    unseen: () => [
      ...unknown,
      ...[...blind.values()].map(text => ({ kind: text.split(': ')[0] ?? text, reason: text.split(': ')[1] ?? '' })),
      ...(isFirst && !unknown.some(({ kind }) => kind === '*') ? [{ kind: 'other kinds', reason: NOT_READ_YET }] : []),
    ],
    begin: () => started.abort(),
    again() {
      for (const resource of last) if (found.has(keyOf(resource))) void look(resource).catch(() => undefined);
    },
    stop: () => ended.abort(),
  };
}

const rankOfKey = (key: string): 0 | 1 => {
  const slash = key.indexOf('/');
  return rankOf({ group: key.slice(0, slash), resource: key.slice(slash + 1) });
};
