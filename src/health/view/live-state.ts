import type { Clock } from '../../host/clock.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { SyncStatus } from '../../kube/watch/sync.ts';
import { type Clean, literal } from '../../text/sanitise.ts';
import type { Feed, Following } from '../feed.ts';
import { type Sync, syncOf } from '../sync.ts';
import { whyNotRead } from './confined.ts';
import type { ViewKind } from './kinds.ts';
import { isBuiltIn } from './load.ts';
import { doesServe } from './served.ts';
import { ALL_KINDS, createView, type FillableView, type ViewRow } from './view.ts';

/** The changes of one kind; empty when only its sync state has changed. */
export interface ViewChange {
  kind: ViewKind;
  put: readonly ViewRow[];
  removed: readonly ViewRow[];
  /** Only heartbeat times and resource versions have changed, or nothing: a watch was resumed. */
  isUnchanged?: boolean;
}

export interface LiveOptions {
  feed: Pick<Feed, 'follow' | 'release'>;
  clock: Clock;
  /** Without it only the built-in kinds are followed. */
  discovery?: ((refresh?: boolean) => Promise<Outcome<Discovery>>) | undefined;
  /** Server time in milliseconds; undefined while it is not known. */
  serverNow(): number | undefined;
  context?: string;
  /** Nothing beyond this namespace may be read: see `restrictionFor`. */
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
  reportedState?: Sync['state'];
  following: Following<ViewRow>;
}

/** A live view's state: what is followed, and what is known of the kinds that the cluster serves. */
export interface LiveState {
  readonly options: LiveOptions;
  /** The kinds to follow, as far as the cluster serves them. */
  readonly wanted: readonly ViewKind[];
  readonly followed: Map<ViewKind, Followed>;
  readonly notServed: Set<ViewKind>;
  readonly listeners: Set<(change: ViewChange) => void>;
  /** Called at each change, for those who wait until kinds are read. */
  readonly waiting: Set<() => void>;
  readonly ended: AbortController;
  readonly filled: FillableView;
  discovery: Discovery | undefined;
  /** Why discovery is not known. */
  undiscovered: Clean | undefined;
  /** Only the first kinds are listed yet. */
  isFirst: boolean;
  /** A repeated discovery is under way, or waits for its time. */
  isRediscoveryDue: boolean;
}

/** Nothing is followed yet. */
export function newLiveState(options: LiveOptions): LiveState {
  const { discovery, kinds = ALL_KINDS, first = [], context, onlyNamespace, serverNow } = options;
  const live: Omit<LiveState, 'filled'> & { filled?: FillableView } = {
    options,
    wanted: kinds.filter(kind => discovery !== undefined || isBuiltIn(kind)),
    followed: new Map(),
    notServed: new Set(),
    listeners: new Set(),
    waiting: new Set(),
    ended: new AbortController(),
    discovery: undefined,
    undiscovered: undefined,
    isFirst: first.length > 0,
    isRediscoveryDue: false,
  };
  const filled = createView(
    {
      sync: kind => syncOfKind(live, kind),
      discovery: () => live.discovery,
      serves: kind => (live.notServed.has(kind) ? false : doesServe(live.discovery, kind)),
      lastReceivedAt: kind => lastReceivedAt(live, kind),
      context,
      onlyNamespace,
    },
    serverNow,
  );
  return Object.assign(live, { filled });
}

type Known = Omit<LiveState, 'filled'>;

/** What is known of the objects of a kind. */
export function syncOfKind(
  { options, wanted, followed, notServed, discovery, undiscovered }: Known,
  kind: ViewKind,
): Sync {
  if (notServed.has(kind)) return { state: 'blind', reason: literal('not served') };
  const unreadable = whyNotRead(options.onlyNamespace, kind, discovery);
  if (unreadable !== undefined) return { state: 'blind', reason: unreadable };
  const one = followed.get(kind);
  if (one !== undefined) return one.hasDelivered ? syncOf(one.following.status()) : { state: 'waiting' };
  if (!wanted.includes(kind)) return { state: 'blind', reason: literal('not read') };
  return undiscovered === undefined ? { state: 'waiting' } : { state: 'blind', reason: undiscovered };
}

function lastReceivedAt({ options, followed }: Known, kind: ViewKind): number | undefined {
  const status = followed.get(kind)?.following.status();
  const now = options.serverNow();
  // Without any data there is no age.
  if (status === undefined || now === undefined || !hasReceived(status)) return undefined;
  return now - status.dataAgeMs;
}

const hasReceived = ({ state, loaded }: SyncStatus): boolean =>
  state !== 'blind' && !(state === 'listing' && loaded === 0);

/** Hands a change out, and wakes whoever waits for one. */
export function notify({ ended, waiting, listeners }: LiveState, change: ViewChange): void {
  if (ended.signal.aborted) return;
  for (const wake of [...waiting]) wake();
  for (const listener of listeners) listener(change);
}

/** Resolves once these kinds are read, or it is known why they cannot be; or at the end. */
export const settled = (live: LiveState, kinds: readonly ViewKind[] = live.wanted): Promise<void> =>
  new Promise(resolve => {
    const isSettled = (kind: ViewKind): boolean => !['waiting', 'loading'].includes(syncOfKind(live, kind).state);
    const look = () => {
      if (!live.ended.signal.aborted && !kinds.every(isSettled)) return;
      live.waiting.delete(look);
      resolve();
    };
    live.waiting.add(look);
    look();
  });
