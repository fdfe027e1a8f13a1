import type { Clock } from '../../host/clock.ts';
import type { Outcome } from '../../kube/client/outcome.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { SyncStatus } from '../../kube/watch/sync.ts';
import { type Clean, literal } from '../../text/sanitise.ts';
import type { Feed, Following } from '../feed.ts';
import { type Sync, syncOf } from '../sync.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { inOrder, QUERIES, type ViewLoading } from './load.ts';
import { doesServe, servedAs } from './served.ts';
import { ALL_KINDS, createView, type ViewRow } from './view.ts';

/** What the cluster serves changes with its CRDs; after a change of them discovery is asked anew, at most this often. */
const REDISCOVER_MS = 2_000;
/** Discovery that failed is tried again after this time. */
const RETRY_MS = 5_000;

/** A view that follows the cluster until it is stopped. */
export interface LiveView extends ViewLoading {
  /** Called after changes with the kinds that changed, and when it changes how well a kind is known; at most some ten times a second. */
  subscribe(listener: (kinds: ReadonlySet<ViewKind>) => void): () => void;
  stop(): void;
}

export interface LiveOptions {
  feed: Pick<Feed, 'follow'>;
  clock: Clock;
  discovery(refresh?: boolean): Promise<Outcome<Discovery>>;
  /** Server time in milliseconds; undefined while it is not known. */
  serverNow(): number | undefined;
  context?: string;
  /** All kinds of the view unless told. */
  kinds?: readonly ViewKind[];
}

/** One kind that is followed, and where. */
interface Followed {
  apiVersion: string;
  /** Whether the feed has handed out anything: before, its status says more than the view holds. */
  hasSpoken: boolean;
  following: Following<ViewRow>;
}

/** Follows all kinds of the view that the cluster serves: the same rows and indexes as of one reading, kept in step. */
export function followView(options: LiveOptions): LiveView {
  const { clock } = options;
  const ended = new AbortController();
  const followed = new Map<ViewKind, Followed>();
  const notServed = new Set<ViewKind>();
  const listeners = new Set<(kinds: ReadonlySet<ViewKind>) => void>();
  const waiting = new Set<() => void>();
  const wanted = options.kinds ?? ALL_KINDS;
  let discovery: Discovery | undefined;
  let undiscovered: Clean | undefined;

  const filled = createView(
    {
      sync: syncOfKind,
      discovery: () => discovery,
      serves: kind => (notServed.has(kind) ? false : doesServe(discovery, kind)),
      heardAt,
      context: options.context,
    },
    options.serverNow,
  );

  function syncOfKind(kind: ViewKind): Sync {
    if (notServed.has(kind)) return { state: 'blind', reason: literal('not served') };
    const one = followed.get(kind);
    if (one !== undefined) return one.hasSpoken ? syncOf(one.following.status()) : { state: 'waiting' };
    if (!wanted.includes(kind)) return { state: 'blind', reason: literal('not read') };
    return undiscovered === undefined ? { state: 'waiting' } : { state: 'blind', reason: undiscovered };
  }

  function heardAt(kind: ViewKind): number | undefined {
    const status = followed.get(kind)?.following.status();
    const now = options.serverNow();
    // The age of what never came means nothing.
    if (status === undefined || now === undefined || !hasHeard(status)) return undefined;
    return now - status.dataAgeMs;
  }

  function tell(kinds: ReadonlySet<ViewKind>): void {
    if (ended.signal.aborted) return;
    for (const wake of [...waiting]) wake();
    for (const listener of listeners) listener(kinds);
  }

  function follow(kind: ViewKind, apiVersion: string): void {
    const { limit, fieldSelector } = QUERIES[kind] ?? {};
    const following = options.feed.follow<ViewRow>(
      { apiVersion, kind, ...(limit && { pageSize: limit }), ...(fieldSelector && { fieldSelector }) },
      object => filled.project(kind, object),
      update => {
        // What was deleted and made again under its name is added before the old one goes; they differ in uid.
        for (const row of update.removed) filled.remove(kind, row.uid);
        for (const row of [...update.added, ...update.changed]) filled.put(kind, row);
        const one = followed.get(kind);
        if (one !== undefined) one.hasSpoken = true;
        const count = update.added.length + update.changed.length + update.removed.length;
        if (kind === 'CustomResourceDefinition' && count > 0) void rediscover();
        tell(new Set([kind]));
      },
      (a, b) => a.version !== undefined && a.version === b.version,
    );
    followed.set(kind, { apiVersion, following, hasSpoken: false });
  }

  function unfollow(kind: ViewKind): void {
    const one = followed.get(kind);
    if (one === undefined) return;
    one.following.stop();
    followed.delete(kind);
    for (const row of one.following.rows.values()) filled.remove(kind, row.uid);
  }

  /** Follows each kind where the cluster serves it. Until discovery tells, only the built-in ones, which are where they always are. */
  function reconcile(): void {
    const changed = new Set<ViewKind>();
    for (const kind of inOrder(wanted)) {
      const apiVersion = placeOf(kind);
      const isGone = discovery !== undefined && doesServe(discovery, kind) === false;
      if (apiVersion === followed.get(kind)?.apiVersion && isGone === notServed.has(kind)) continue;
      unfollow(kind);
      if (isGone) notServed.add(kind);
      else notServed.delete(kind);
      if (apiVersion !== undefined) follow(kind, apiVersion);
      changed.add(kind);
    }
    tell(changed);
  }

  function placeOf(kind: ViewKind): string | undefined {
    const named = VIEW_KINDS[kind];
    if (discovery === undefined) return coreKind(named, kind) && named;
    const served = servedAs(discovery, kind);
    return served?.apiVersion ?? (doesServe(discovery, kind) === undefined ? named : undefined);
  }

  async function discover(refresh: boolean): Promise<void> {
    for (let again = refresh; !ended.signal.aborted; again = true) {
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
    // The first list of CRDs tells nothing that discovery does not.
    if (isDue || discovery === undefined || !isListed('CustomResourceDefinition')) return;
    isDue = true;
    await clock.sleep(REDISCOVER_MS, ended.signal).catch(() => undefined);
    isDue = false;
    if (!ended.signal.aborted) await discover(true).catch(() => undefined);
  }

  const isListed = (kind: ViewKind): boolean => followed.get(kind)?.following.status().state === 'synced';
  const isSettled = (kind: ViewKind): boolean => !['waiting', 'loading'].includes(syncOfKind(kind).state);

  reconcile();
  void discover(false).catch(() => undefined);

  return {
    view: filled.view,
    settled: (kinds = wanted) =>
      new Promise(resolve => {
        const look = () => {
          if (!ended.signal.aborted && !kinds.every(isSettled)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
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

const hasHeard = ({ state, rows, loaded }: SyncStatus): boolean =>
  state === 'synced' || state === 'reconnecting' || state === 'stale' || rows + loaded > 0;
