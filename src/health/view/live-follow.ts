import { PREFIX } from '../../injection/record/markers.ts';
import { isNamespaced, whyNotRead } from './confined.ts';
import { isHeartbeatOnly } from './heartbeat.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { type LiveState, notify, syncOfKind } from './live-state.ts';
import { inOrder, isBuiltIn, LIST_OPTIONS } from './load.ts';
import { doesServe, servedAs } from './served.ts';
import type { ViewRow } from './view.ts';

/** Discovery is repeated after a change of CRDs, at most this often, milliseconds. */
const REDISCOVER_MS = 2_000;
/** Pods in the first page, which should arrive soon, and in all others, which can be large. */
const FIRST_PODS = 200;
const PODS_A_PAGE = 1_000;
/** The pause after a failed discovery, milliseconds. */
const RETRY_MS = 5_000;

/**
 * Follows each kind under the version that the cluster serves. Until discovery is known, only the built-in kinds,
 * whose versions are known.
 */
export function reconcile(live: LiveState): void {
  const { options, wanted, followed, notServed, discovery } = live;
  for (const kind of inOrder(wanted)) {
    if (live.isFirst && options.first?.includes(kind) !== true) continue;
    if (whyNotRead(options.onlyNamespace, kind, discovery) !== undefined) continue;
    const apiVersion = placeOf(live, kind);
    const isGone = discovery !== undefined && doesServe(discovery, kind) === false;
    if (apiVersion === followed.get(kind)?.apiVersion && isGone === notServed.has(kind)) continue;
    const removed = unfollow(live, kind);
    if (isGone) notServed.add(kind);
    else notServed.delete(kind);
    if (apiVersion !== undefined) follow(live, kind, apiVersion);
    notify(live, { kind, put: [], removed });
  }
}

function placeOf({ discovery }: LiveState, kind: ViewKind): string | undefined {
  const named = VIEW_KINDS[kind];
  if (discovery === undefined) return isBuiltIn(kind) ? named : undefined;
  const served = servedAs(discovery, kind);
  return served?.apiVersion ?? (doesServe(discovery, kind) === undefined ? named : undefined);
}

function follow(live: LiveState, kind: ViewKind, apiVersion: string): void {
  const { options, followed, filled, discovery } = live;
  const { limit, fieldSelector } = LIST_OPTIONS[kind] ?? {};
  const namespace = isNamespaced(kind, discovery) ? options.onlyNamespace : undefined;
  const following = options.feed.follow<ViewRow>(
    {
      apiVersion,
      kind,
      ...(namespace !== undefined && { namespace }),
      ...(limit && { pageSize: limit }),
      ...(fieldSelector && { fieldSelector }),
      ...(kind === 'Pod' && { pageSize: FIRST_PODS, laterPageSize: PODS_A_PAGE }),
      ...(isBuiltIn(kind) && { managedFieldsWith: PREFIX }),
    },
    object => filled.project(kind, object),
    ({ added, changed, removed }) => take(live, kind, [...added, ...changed], removed),
    (a, b) => a.version !== undefined && a.version === b.version,
  );
  followed.set(kind, { apiVersion, following, hasDelivered: false });
}

/** Takes a batch of rows of one kind into the view, and hands the change out. */
function take(live: LiveState, kind: ViewKind, put: readonly ViewRow[], removed: readonly ViewRow[]): void {
  const { followed, filled } = live;
  // An object that was created again under the same name is added before the old one is removed; they differ in uid.
  for (const row of removed) filled.remove(kind, row.uid);
  const isSame = removed.length === 0 && put.every(row => isHeartbeatOnly(filled.view.byUid(row.uid), row.object));
  for (const row of put) filled.put(kind, row);
  const one = followed.get(kind);
  if (one !== undefined) one.hasDelivered = true;
  const { state } = syncOfKind(live, kind);
  const wasKnownSo = one?.reportedState === state;
  if (one !== undefined) one.reportedState = state;
  if (kind === 'CustomResourceDefinition' && put.length + removed.length > 0) void rediscover(live);
  notify(live, { kind, put, removed, isUnchanged: isSame && wasKnownSo });
}

/** Stops following a kind and removes its rows. */
function unfollow({ followed, filled }: LiveState, kind: ViewKind): ViewRow[] {
  const one = followed.get(kind);
  if (one === undefined) return [];
  one.following.stop();
  followed.delete(kind);
  const removed = [...one.following.rows.values()];
  for (const row of removed) filled.remove(kind, row.uid);
  return removed;
}

/** Asks which kinds the cluster serves, until it answers. */
export async function discover(live: LiveState, refresh: boolean): Promise<void> {
  const { options, ended } = live;
  for (let again = refresh; options.discovery !== undefined && !ended.signal.aborted; again = true) {
    const found = await options.discovery(again);
    if (found.ok) live.discovery = found.value;
    live.undiscovered = found.ok ? undefined : found.message;
    reconcile(live);
    if (found.ok) return;
    await options.clock.sleep(RETRY_MS, ended.signal);
  }
}

async function rediscover(live: LiveState): Promise<void> {
  const { options, followed, ended } = live;
  const isListed = followed.get('CustomResourceDefinition')?.following.status().state === 'synced';
  // The first list of CRDs has nothing that discovery does not have.
  if (live.isRediscoveryDue || live.discovery === undefined || !isListed) return;
  live.isRediscoveryDue = true;
  await options.clock.sleep(REDISCOVER_MS, ended.signal).catch(() => undefined);
  live.isRediscoveryDue = false;
  if (!ended.signal.aborted) await discover(live, true).catch(() => undefined);
}
