import { LOCK_PREFIX } from '../injection/record/markers.ts';
import type { KubeObject } from '../k8s/object.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { Feed, Following, Sweep } from './feed.ts';
import {
  crdTrouble,
  deploymentTrouble,
  leaseTrouble,
  nodeTrouble,
  podTrouble,
  servedBy,
  serviceTrouble,
  webhookTroubles,
} from './judge.ts';
import { type BoardKind, MARKED_SECRETS, SOURCES } from './kinds.ts';
import { type Marker, markerOf } from './marker.ts';
import { type LeaseRow, leaseRow, type Row } from './rows.ts';
import { createSuspects, type Suspects } from './suspects.ts';
import { isFirstReadPending, NOT_READ_YET } from './sweep.ts';
import { type Sync, syncOf, worst } from './sync.ts';
import { byUrgency, type Trouble } from './trouble.ts';
import { VIEW_KINDS, type ViewKind } from './view/kinds.ts';
import type { LiveView, ViewChange } from './view/live.ts';

/** One line of the board. `troubles` has the most urgent ones; `failing` and `warning` count all of them. */
export interface KindHealth {
  sync: Sync;
  count: number;
  failing: number;
  warning: number;
  troubles: readonly Trouble[];
}

/** The holder of the lock on an operator under test. */
interface OperatorLock {
  operator: string;
  holder: string;
  /** Milliseconds since the epoch. */
  since: number;
}

export interface Summary {
  kinds: Record<BoardKind, KindHealth>;
  markers: readonly Marker[];
  /** Kinds on which injections may be missed, with the reason. */
  unseen: readonly { kind: string; reason: string }[];
  locks: readonly OperatorLock[];
  /** Who holds the Lease of the reaper and renews it; absent when no reaper runs. */
  reaper?: Clean;
  /** When the cluster last sent anything, in monotonic milliseconds; undefined before the first answer. */
  lastReceivedAt: number | undefined;
}

export interface ModelClock {
  monotonic(): number;
  /** Milliseconds since the epoch as the server counts them. */
  serverNow(): number;
}

/** The most troubles that a line has. */
const MOST_TROUBLES = 60;

/** The operator lock that a Lease stands for; undefined when it is none. */
function operatorLock({ name, holder, acquired }: LeaseRow): OperatorLock | undefined {
  if (!name.startsWith(LOCK_PREFIX) || holder === '') return undefined;
  return { operator: sanitise(name.slice(LOCK_PREFIX.length)), holder, since: acquired };
}

/** The name of the reaper's Lease. */
const REAPER = 'mayday-reaper';

/** The leader of the reapers, if its Lease is renewed in time. */
function reaperOf(leases: Iterable<LeaseRow>, now: number): Clean | undefined {
  for (const { name, holder, renewed, durationMs } of leases)
    if (name === REAPER && holder !== '' && now - renewed <= durationMs * 2) return holder;
  return undefined;
}

/** The health board over a live view. `summary` computes its present lines. */
export class Model {
  readonly #clock: ModelClock;
  readonly #live: LiveView;
  readonly #markers = new Map<string, Marker>();
  readonly #firstSeen = new Map<string, number>();
  readonly #suspects = createSuspects();
  readonly #secrets: Following<object>;
  readonly #sweep: Sweep | undefined;
  readonly #unsubscribe: () => void;
  /** The sync state of leases at the last summary. */
  #leasesSync: Sync['state'] | undefined;

  /** `changed` is called, possibly often, whenever the summary may have changed. */
  constructor(live: LiveView, feed: Feed, clock: ModelClock, changed: () => void) {
    this.#clock = clock;
    this.#live = live;
    const followed = live.kinds.map(kind => ({ apiVersion: VIEW_KINDS[kind], kind }));
    this.#sweep = feed.sweep?.([...followed, MARKED_SECRETS], changed);
    this.#unsubscribe = live.subscribe(change => {
      const isSilent = this.#isHeartbeat(change);
      this.#suspects.onChange(change);
      if (isSilent) return;
      for (const { uid } of change.removed) this.#markers.delete(uid);
      for (const { uid, object } of change.put) this.#mark(uid, object?.marker);
      // The sweep begins once the board is complete.
      if (BOARD_KINDS.every(kind => !isPending(live.view.sync(kind)))) this.#sweep?.begin();
      changed();
    });
    this.#secrets = feed.follow(
      MARKED_SECRETS,
      object => ({ uid: uidOf(object), marker: markerOf(object) }),
      ({ added, changed: others, removed }) => {
        for (const { uid } of removed) this.#markers.delete(uid);
        for (const { uid, marker } of [...added, ...others]) this.#mark(uid, marker);
        changed();
      },
    );
  }

  /**
   * Whether leases were only renewed. No summary shows that, and in a large cluster it happens all the time. A lease
   * that is not renewed is noticed by the regular summaries.
   */
  #isHeartbeat({ kind, put, removed }: ViewChange): boolean {
    if (kind !== SOURCES.leases || removed.length > 0 || put.length === 0) return false;
    if (this.#live.view.sync(kind).state !== this.#leasesSync) return false;
    const now = this.#clock.serverNow();
    return put.every(({ uid, object }) => {
      const before = this.#suspects.leases.get(uid);
      if (object === undefined || before === undefined || object.marker || this.#markers.has(uid)) return false;
      const after = leaseRow(object);
      const isSame = before.holder === after.holder && before.acquired === after.acquired;
      return isSame && !leaseTrouble(before, now) && !leaseTrouble(after, now);
    });
  }

  #mark(uid: string, marker: Marker | undefined): void {
    if (marker) this.#markers.set(uid, marker);
    else this.#markers.delete(uid);
  }

  /** The markers that the sweep found, without objects that are followed under another group. */
  #swept(): Marker[] {
    return [...(this.#sweep?.markers() ?? [])].filter(({ uid }) => !this.#markers.has(uid));
  }

  /** Lists again the kinds that are not followed and had injections; call it after a revert. */
  lookAgain(): void {
    this.#sweep?.again();
  }

  stop(): void {
    this.#sweep?.stop();
    this.#secrets.stop();
    this.#unsubscribe();
    this.#live.stop();
  }

  summary(): Summary {
    const now = this.#clock.serverNow();
    const reaper = reaperOf(this.#suspects.leases.values(), now);
    const { pods, nodes, deployments, crds, leases } = this.#suspects;
    this.#leasesSync = this.#live.view.sync(SOURCES.leases).state;
    const line = <R extends Row>(kind: ViewKind, suspects: Suspects<R>, judge: (row: R) => Trouble | undefined) =>
      this.#health([kind], this.#live.view.count(kind), troublesOf(suspects.values(), judge));
    return {
      kinds: {
        nodes: line(SOURCES.nodes, nodes, nodeTrouble),
        pods: line(SOURCES.pods, pods, pod => podTrouble(pod, now)),
        deployments: line(SOURCES.deployments, deployments, deploymentTrouble),
        crds: line(SOURCES.crds, crds, crdTrouble),
        leases: line(SOURCES.leases, leases, lease => leaseTrouble(lease, now)),
        ...this.#joined(),
      },
      markers: [...this.#markers.values(), ...this.#swept()],
      unseen: this.#unseen(),
      locks: [...leases.values()].flatMap(lease => operatorLock(lease) ?? []),
      ...(reaper !== undefined && { reaper }),
      lastReceivedAt: this.#lastReceivedAt(now),
    };
  }

  /** Unreadable kinds without a line of their own on the board. Events are left out, as no fault changes them. */
  #unseen(): Summary['unseen'] {
    const others = this.#live.kinds.filter(kind => kind !== 'Event' && !BOARD_KINDS.includes(kind));
    const syncs = others.map(kind => ({ kind, sync: this.#live.view.sync(kind) }));
    const secrets = { kind: MARKED_SECRETS.kind, sync: syncOf(this.#secrets.status()) };
    const blind = [...syncs, secrets].flatMap(({ kind, sync }) =>
      sync.state === 'blind' && sync.reason !== 'not served' ? [{ kind, reason: sync.reason }] : [],
    );
    const swept = this.#sweep?.unseen() ?? [];
    const isPartial = syncs.some(({ sync }) => isPending(sync)) && !isFirstReadPending(swept);
    return [...blind, ...swept, ...(isPartial ? [{ kind: 'other kinds', reason: NOT_READ_YET }] : [])];
  }

  /** When the cluster last sent anything for any line. */
  #lastReceivedAt(now: number): number | undefined {
    const times = BOARD_KINDS.flatMap(kind => this.#live.view.lastReceivedAt(kind) ?? []);
    return times.length === 0 ? undefined : this.#clock.monotonic() - (now - Math.max(...times));
  }

  /** Whether all objects of a kind have been read, even if some time ago. */
  #isComplete(kind: ViewKind): boolean {
    const { view } = this.#live;
    return ['live', 'retrying'].includes(view.sync(kind).state) && view.lastReceivedAt(kind) !== undefined;
  }

  /** Endpoints and webhooks are judged from several kinds together; until all of them are listed nothing is failing. */
  #joined(): Pick<Summary['kinds'], 'endpoints' | 'webhooks'> {
    const { services, slices, validating, mutating } = this.#suspects;
    const configurations = [...validating.values(), ...mutating.values()];
    const served = servedBy(slices.values());
    const isJudgeable = this.#isComplete(SOURCES.services) && this.#isComplete(SOURCES.slices);
    const seen = new Set<string>();
    const firstSeen = (key: string): number => {
      seen.add(key);
      const at = this.#firstSeen.get(key) ?? this.#clock.serverNow();
      this.#firstSeen.set(key, at);
      return at;
    };
    const all = [...services.values()];
    const selecting = all.filter(service => service.selects && !service.external);
    const byName = new Map(all.map(service => [`${service.namespace ?? ''}/${service.name}`, service]));
    const unserved = isJudgeable ? troublesOf(selecting, service => serviceTrouble(service, served, firstSeen)) : [];
    const dead = isJudgeable ? configurations.flatMap(row => webhookTroubles(row, byName, served, firstSeen)) : [];
    for (const key of this.#firstSeen.keys()) if (!seen.has(key)) this.#firstSeen.delete(key);
    const behind = [SOURCES.services, SOURCES.slices];
    return {
      endpoints: this.#health(behind, selecting.length, unserved),
      webhooks: this.#health(
        [SOURCES.validating, SOURCES.mutating, ...behind],
        configurations.reduce((sum, row) => sum + row.hooks.length, 0),
        dead,
      ),
    };
  }

  #health(kinds: readonly ViewKind[], count: number, troubles: Trouble[]): KindHealth {
    const failing = troubles.filter(one => one.severity === 'fail').length;
    return {
      sync: worst(kinds.map(kind => this.#live.view.sync(kind))),
      count,
      failing,
      warning: troubles.length - failing,
      troubles: troubles.sort(byUrgency).slice(0, MOST_TROUBLES),
    };
  }
}

/** The kinds that the lines of the board rest on. */
export const BOARD_KINDS: readonly ViewKind[] = Object.values(SOURCES);

const isPending = ({ state }: Sync): boolean => state === 'waiting' || state === 'loading';

const uidOf = ({ kind, metadata }: KubeObject): string =>
  metadata.uid ?? `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

function troublesOf<R>(rows: Iterable<R>, judge: (row: R) => Trouble | undefined): Trouble[] {
  const found: Trouble[] = [];
  for (const row of rows) {
    const trouble = judge(row);
    if (trouble) found.push(trouble);
  }
  return found;
}
