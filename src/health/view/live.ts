import type { Clock } from '../../host/clock.ts';
import { PREFIX } from '../../injection/record/markers.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { SyncStatus } from '../../kube/watch/sync.ts';
import { type Clean, literal } from '../../text/sanitise.ts';
import type { Feed, Following } from '../feed.ts';
import { type Sync, syncOf } from '../sync.ts';
import { isAsBefore } from './as-before.ts';
import { isNamespaced, outside } from './confined.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { inOrder, isBuiltIn, QUERIES, type ViewLoading } from './load.ts';
import { doesServe, servedAs } from './served.ts';
import { ALL_KINDS, createView, type ViewRow } from './view.ts';

/** Discovery is repeated after a change of CRDs, at most this often, milliseconds. */
const REDISCOVER_MS = 2_000;
/** How long the first kinds are listed alone at most, milliseconds. */
const FIRST_MS = 3_000;
/** Pods in the first page, which should arrive soon, and in all others, which can be large. */
const FIRST_PODS = 200;
const PODS_A_PAGE = 1_000;
/** How long after everything was read unused memory is given back, milliseconds. */
const RELEASE_AFTER_MS = 1_000;
/** The pause after a failed discovery, milliseconds. */
const RETRY_MS = 5_000;

/** The changes of one kind; empty when only its sync state has changed. */
export interface ViewChange {
  kind: ViewKind;
  put: readonly ViewRow[];
  removed: readonly ViewRow[];
  /** Nothing is otherwise than it was: nodes have reported in, or the end of a watch was made good. Only times and versions differ. */
  isAsBefore?: boolean;
}

/** A view that follows the cluster until it is stopped. */
export interface LiveView extends ViewLoading {
  /** The followed kinds, as far as the cluster serves them. */
  readonly kinds: readonly ViewKind[];
  /** Calls back when the view has changed, at most about ten times a second for each kind. */
  subscribe(listener: (change: ViewChange) => void): () => void;
  stop(): void;
}

export interface LiveOptions {
  feed: Pick<Feed, 'follow' | 'release'>;
  clock: Clock;
  /** Without it only the built-in kinds are followed. */
  discovery?: ((refresh?: boolean) => Promise<Outcome<Discovery>>) | undefined;
  /** Server time in milliseconds; undefined while it is not known. */
  serverNow(): number | undefined;
  context?: string;
  /** Nothing beyond this namespace may be read: see `confinement`. */
  onlyNamespace?: string | undefined;
  /** All kinds of the view by default. */
  kinds?: readonly ViewKind[];
  /** These are listed before all others. */
  first?: readonly ViewKind[];
}

/** One followed kind and its collection. */
interface Followed {
  apiVersion: string;
  /** Whether the feed has handed out any rows. Before that, its status is ahead of the view. */
  hasDelivered: boolean;
  /** The sync state at the last change that was handed out. */
  told?: Sync['state'];
  following: Following<ViewRow>;
}

/** Follows all kinds of the view that the cluster serves: the same rows and indexes as `loadView`, kept up to date. */
export function followView(options: LiveOptions): LiveView {
  const { clock } = options;
  const ended = new AbortController();
  const followed = new Map<ViewKind, Followed>();
  const notServed = new Set<ViewKind>();
  const listeners = new Set<(change: ViewChange) => void>();
  const waiting = new Set<() => void>();
  const first = options.first ?? [];
  const wanted = (options.kinds ?? ALL_KINDS).filter(kind => options.discovery !== undefined || isBuiltIn(kind));
  let isFirst = first.length > 0;
  let discovery: Discovery | undefined;
  let undiscovered: Clean | undefined;

  const filled = createView(
    {
      sync: syncOfKind,
      discovery: () => discovery,
      serves: kind => (notServed.has(kind) ? false : doesServe(discovery, kind)),
      heardAt,
      context: options.context,
      onlyNamespace: options.onlyNamespace,
    },
    options.serverNow,
  );

  function syncOfKind(kind: ViewKind): Sync {
    if (notServed.has(kind)) return { state: 'blind', reason: literal('not served') };
    const unreadable = outside(options.onlyNamespace, kind, discovery);
    if (unreadable !== undefined) return { state: 'blind', reason: unreadable };
    const one = followed.get(kind);
    if (one !== undefined) return one.hasDelivered ? syncOf(one.following.status()) : { state: 'waiting' };
    if (!wanted.includes(kind)) return { state: 'blind', reason: literal('not read') };
    return undiscovered === undefined ? { state: 'waiting' } : { state: 'blind', reason: undiscovered };
  }

  function heardAt(kind: ViewKind): number | undefined {
    const status = followed.get(kind)?.following.status();
    const now = options.serverNow();
    // Without any data there is no age.
    if (status === undefined || now === undefined || !hasHeard(status)) return undefined;
    return now - status.dataAgeMs;
  }

  function notify(change: ViewChange): void {
    if (ended.signal.aborted) return;
    for (const wake of [...waiting]) wake();
    for (const listener of listeners) listener(change);
  }

  function follow(kind: ViewKind, apiVersion: string): void {
    const { limit, fieldSelector } = QUERIES[kind] ?? {};
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
      update => {
        // An object that was created again under the same name is added before the old one is removed; they differ in
        // uid.
        for (const row of update.removed) filled.remove(kind, row.uid);
        const put = [...update.added, ...update.changed];
        const isSame =
          update.removed.length === 0 && put.every(row => isAsBefore(filled.view.byUid(row.uid), row.object));
        for (const row of put) filled.put(kind, row);
        const one = followed.get(kind);
        if (one !== undefined) one.hasDelivered = true;
        const { state } = syncOfKind(kind);
        const wasKnownSo = one?.told === state;
        if (one !== undefined) one.told = state;
        if (kind === 'CustomResourceDefinition' && put.length + update.removed.length > 0) void rediscover();
        notify({ kind, put, removed: update.removed, isAsBefore: isSame && wasKnownSo });
      },
      (a, b) => a.version !== undefined && a.version === b.version,
    );
    followed.set(kind, { apiVersion, following, hasDelivered: false });
  }

  /** Stops following a kind and removes its rows. */
  function unfollow(kind: ViewKind): ViewRow[] {
    const one = followed.get(kind);
    if (one === undefined) return [];
    one.following.stop();
    followed.delete(kind);
    const removed = [...one.following.rows.values()];
    for (const row of removed) filled.remove(kind, row.uid);
    return removed;
  }

  /**
   * Follows each kind under the version that the cluster serves. Until discovery is known, only the built-in kinds,
   * whose versions are known.
   */
  function reconcile(): void {
    for (const kind of inOrder(wanted)) {
      if (isFirst && !first.includes(kind)) continue;
      if (outside(options.onlyNamespace, kind, discovery) !== undefined) continue;
      const apiVersion = placeOf(kind);
      const isGone = discovery !== undefined && doesServe(discovery, kind) === false;
      if (apiVersion === followed.get(kind)?.apiVersion && isGone === notServed.has(kind)) continue;
      const removed = unfollow(kind);
      if (isGone) notServed.add(kind);
      else notServed.delete(kind);
      if (apiVersion !== undefined) follow(kind, apiVersion);
      notify({ kind, put: [], removed });
    }
  }

  function placeOf(kind: ViewKind): string | undefined {
    const named = VIEW_KINDS[kind];
    if (discovery === undefined) return isBuiltIn(kind) ? named : undefined;
    const served = servedAs(discovery, kind);
    return served?.apiVersion ?? (doesServe(discovery, kind) === undefined ? named : undefined);
  }

  async function discover(refresh: boolean): Promise<void> {
    for (let again = refresh; options.discovery !== undefined && !ended.signal.aborted; again = true) {
      const found = await options.discovery(again);
      if (found.ok) discovery = found.value;
      undiscovered = found.ok ? undefined : found.message;
      reconcile();
      if (found.ok) return;
      await clock.sleep(RETRY_MS, ended.signal);
    }
  }

  let isDue = false;
  async function rediscover(): Promise<void> {
    // The first list of CRDs has nothing that discovery does not have.
    if (isDue || discovery === undefined || !isListed('CustomResourceDefinition')) return;
    isDue = true;
    await clock.sleep(REDISCOVER_MS, ended.signal).catch(() => undefined);
    isDue = false;
    if (!ended.signal.aborted) await discover(true).catch(() => undefined);
  }

  const isListed = (kind: ViewKind): boolean => followed.get(kind)?.following.status().state === 'synced';
  const isSettled = (kind: ViewKind): boolean => !['waiting', 'loading'].includes(syncOfKind(kind).state);

  const settled = (kinds: readonly ViewKind[] = wanted): Promise<void> =>
    new Promise(resolve => {
      const look = () => {
        if (!ended.signal.aborted && !kinds.every(isSettled)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  async function begin(): Promise<void> {
    reconcile();
    void discover(false).catch(() => undefined);
    if (!isFirst) return;
    await Promise.race([settled(first), clock.sleep(FIRST_MS, ended.signal).catch(() => undefined)]);
    isFirst = false;
    if (!ended.signal.aborted) reconcile();
  }
  void begin();

  /** Gives memory back a moment later, so that the last rows are shown first. */
  async function releaseOnce(): Promise<void> {
    if (options.feed.release === undefined) return;
    await settled();
    await clock.sleep(RELEASE_AFTER_MS, ended.signal);
    options.feed.release();
  }
  releaseOnce().catch(() => undefined);

  return {
    view: filled.view,
    kinds: wanted,
    settled,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      ended.abort();
      for (const { following } of followed.values()) following.stop();
      for (const wake of [...waiting]) wake();
    },
  };
}

const hasHeard = ({ state, loaded }: SyncStatus): boolean =>
  state !== 'blind' && !(state === 'listing' && loaded === 0);
