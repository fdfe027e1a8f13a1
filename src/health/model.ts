import { LOCK_PREFIX } from '../injection/record/markers.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { SyncStatus, Update } from '../kube/watch/reflector.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Feed, Followed, Following, Sweeping } from './feed.ts';
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
import { type BoardKind, MARKED, SOURCES } from './kinds.ts';
import type { Marker } from './marker.ts';
import {
  crdRow,
  deploymentRow,
  type LeaseRow,
  leaseRow,
  markedRow,
  nodeRow,
  podRow,
  type Row,
  serviceRow,
  sliceRow,
  webhookRow,
} from './rows.ts';
import { type Sync, syncOf, worst } from './sync.ts';
import { byUrgency, type Trouble } from './trouble.ts';

/** One line of the board. `troubles` holds the most urgent ones; `failing` and `warning` count all of them. */
export interface KindHealth {
  sync: Sync;
  count: number;
  failing: number;
  warning: number;
  troubles: readonly Trouble[];
}

/** Who keeps others off an operator under test. */
interface OperatorLock {
  operator: string;
  holder: string;
  /** Milliseconds since the epoch. */
  since: number;
}

export interface Summary {
  kinds: Record<BoardKind, KindHealth>;
  markers: readonly Marker[];
  /** Kinds whose injections we may not see, by name, with the reason. */
  unseen: readonly { kind: string; reason: string }[];
  locks: readonly OperatorLock[];
  /** Monotonic milliseconds at which the cluster last said anything; undefined before it ever did. */
  heardAt: number | undefined;
}

export interface ModelClock {
  monotonic(): number;
  /** Milliseconds since the epoch as the server counts them. */
  serverNow(): number;
}

const KEPT = 60;

/** One followed kind, with the few rows among its thousands that might be in trouble. */
interface Source<R extends Row> {
  following: Following<R>;
  suspects: Map<string, R>;
}

/** The lock of an operator under test, where a Lease is one. */
function operatorLock({ name, holder, acquired }: LeaseRow): OperatorLock | undefined {
  if (!name.startsWith(LOCK_PREFIX) || holder === '') return undefined;
  return { operator: sanitise(name.slice(LOCK_PREFIX.length)), holder, since: acquired };
}

/** Everything the board follows. Rows change in place as the feed speaks; `summary` says what they amount to now. */
export class Model {
  readonly #clock: ModelClock;
  readonly #markers = new Map<string, Marker>();
  readonly #firstSeen = new Map<string, number>();
  readonly #sources: ReturnType<Model['follow']>;
  readonly #sweep: Sweeping | undefined;

  /** `changed` is called, often, whenever a new summary is worth taking. */
  constructor(feed: Feed, clock: ModelClock, changed: () => void) {
    this.#clock = clock;
    const followed = [...Object.values(SOURCES), ...MARKED];
    this.#sweep = feed.sweep?.(followed, changed);
    this.#sources = this.follow(feed, () => {
      if (this.#isListed()) this.#sweep?.begin();
      changed();
    });
  }

  private follow(feed: Feed, changed: () => void) {
    const source = <R extends Row>(
      what: Followed,
      project: (object: KubeObject) => R,
      isSuspect: (row: R) => boolean = () => true,
    ): Source<R> => {
      const suspects = new Map<string, R>();
      const hear = (update: Update<R>): void => {
        for (const row of [...update.added, ...update.changed]) {
          if (row.marker) this.#markers.set(row.uid, row.marker);
          else this.#markers.delete(row.uid);
          if (isSuspect(row)) suspects.set(row.uid, row);
          else suspects.delete(row.uid);
        }
        for (const row of update.removed) {
          this.#markers.delete(row.uid);
          suspects.delete(row.uid);
        }
        changed();
      };
      return { following: feed.follow(what, project, hear), suspects };
    };
    return {
      pods: source(SOURCES.pods, podRow, pod => !pod.fine || pod.terminating),
      nodes: source(SOURCES.nodes, nodeRow),
      deployments: source(SOURCES.deployments, deploymentRow, row => row.reason !== ''),
      services: source(SOURCES.services, serviceRow),
      slices: source(SOURCES.slices, sliceRow),
      validating: source(SOURCES.validating, webhookRow),
      mutating: source(SOURCES.mutating, webhookRow),
      crds: source(SOURCES.crds, crdRow, crd => !crd.established),
      leases: source(SOURCES.leases, leaseRow),
      marked: MARKED.map(followed => ({ kind: followed.kind, ...source(followed, markedRow) })),
    };
  }

  /** What the sweep found, but for objects that are followed under another group. */
  #swept(): Marker[] {
    return [...(this.#sweep?.markers() ?? [])].filter(({ uid }) => !this.#markers.has(uid));
  }

  /** What is swept may wait until the board is there. */
  #isListed(): boolean {
    const { marked: _, ...named } = this.#sources;
    return Object.values(named).every(({ following }) => following.status().state !== 'listing');
  }

  stop(): void {
    this.#sweep?.stop();
    const { marked, ...named } = this.#sources;
    for (const { following } of [...Object.values(named), ...marked]) following.stop();
  }

  summary(): Summary {
    const now = this.#clock.serverNow();
    const { pods, nodes, deployments, crds, leases, marked } = this.#sources;
    const line = <R extends Row>(source: Source<R>, judge: (row: R) => Trouble | undefined): KindHealth =>
      health([source.following], source.following.rows.size, judged(source.suspects.values(), judge));
    return {
      kinds: {
        nodes: line(nodes, nodeTrouble),
        pods: line(pods, pod => podTrouble(pod, now)),
        deployments: line(deployments, deploymentTrouble),
        crds: line(crds, crdTrouble),
        leases: line(leases, lease => leaseTrouble(lease, now)),
        ...this.#joined(),
      },
      markers: [...this.#markers.values(), ...this.#swept()],
      unseen: [
        ...marked.flatMap(({ kind, following }) => {
          const sync = syncOf(following.status());
          return sync.state === 'blind' ? [{ kind, reason: sync.reason }] : [];
        }),
        ...(this.#sweep?.unseen() ?? []),
      ],
      locks: [...leases.suspects.values()].flatMap(lease => operatorLock(lease) ?? []),
      heardAt: this.#heardAt(),
    };
  }

  /** The freshest word from the cluster, over all sources that ever had one. */
  #heardAt(): number | undefined {
    const { marked: _, ...named } = this.#sources;
    const ages = Object.values(named)
      .map(source => source.following.status())
      .filter(hasHeard)
      .map(status => status.dataAgeMs);
    return ages.length === 0 ? undefined : this.#clock.monotonic() - Math.min(...ages);
  }

  /** Endpoints and webhooks need three sources at once; until all are listed nothing is called dead. */
  #joined(): Pick<Summary['kinds'], 'endpoints' | 'webhooks'> {
    const { services, slices, validating, mutating } = this.#sources;
    const configurations = [...validating.following.rows.values(), ...mutating.following.rows.values()];
    const served = servedBy(slices.following.rows.values());
    const isJudgeable = isComplete(services.following) && isComplete(slices.following);
    const seen = new Set<string>();
    const firstSeen = (key: string): number => {
      seen.add(key);
      const at = this.#firstSeen.get(key) ?? this.#clock.serverNow();
      this.#firstSeen.set(key, at);
      return at;
    };
    const all = [...services.following.rows.values()];
    const selecting = all.filter(service => service.selects && !service.external);
    const byName = new Map(all.map(service => [`${service.namespace ?? ''}/${service.name}`, service]));
    const unserved = isJudgeable ? judged(selecting, service => serviceTrouble(service, served, firstSeen)) : [];
    const dead = isJudgeable ? configurations.flatMap(row => webhookTroubles(row, byName, served, firstSeen)) : [];
    for (const key of this.#firstSeen.keys()) if (!seen.has(key)) this.#firstSeen.delete(key);
    const behind = [services.following, slices.following];
    return {
      endpoints: health(behind, selecting.length, unserved),
      webhooks: health(
        [validating.following, mutating.following, ...behind],
        configurations.reduce((sum, row) => sum + row.hooks.length, 0),
        dead,
      ),
    };
  }
}

/** Whether the server ever sent anything of this kind; the age of what never came means nothing. */
const hasHeard = (status: SyncStatus): boolean =>
  status.state !== 'blind' && !(status.state === 'listing' && status.loaded === 0);

const isComplete = (following: Following<unknown>): boolean =>
  ['synced', 'reconnecting', 'stale'].includes(following.status().state);

function judged<R>(rows: Iterable<R>, judge: (row: R) => Trouble | undefined): Trouble[] {
  const found: Trouble[] = [];
  for (const row of rows) {
    const trouble = judge(row);
    if (trouble) found.push(trouble);
  }
  return found;
}

function health(sources: readonly Following<unknown>[], count: number, troubles: Trouble[]): KindHealth {
  const failing = troubles.filter(one => one.severity === 'fail').length;
  return {
    sync: worst(sources.map(source => syncOf(source.status()))),
    count,
    failing,
    warning: troubles.length - failing,
    troubles: troubles.sort(byUrgency).slice(0, KEPT),
  };
}
