import type { KubeObject } from '../kube/object.ts';
import type { Feed, Followed } from './feed.ts';
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
import { type BoardKind, MARKED, SOURCES, type SourceName } from './kinds.ts';
import type { Marker } from './marker.ts';
import {
  type CrdRow,
  crdRow,
  type DeploymentRow,
  deploymentRow,
  type LeaseRow,
  leaseRow,
  markedRow,
  type NodeRow,
  nodeRow,
  type PodRow,
  podRow,
  type Row,
  type ServiceRow,
  type SliceRow,
  serviceRow,
  sliceRow,
  type WebhookRow,
  webhookRow,
} from './rows.ts';
import { type Sync, Table } from './table.ts';
import { byUrgency, type Trouble } from './trouble.ts';

/** One line of the board. `troubles` holds the most urgent ones; `failing` and `warning` count all of them. */
export interface KindHealth {
  sync: Sync;
  count: number;
  failing: number;
  warning: number;
  troubles: readonly Trouble[];
}

export interface Summary {
  kinds: Record<BoardKind, KindHealth>;
  markers: readonly Marker[];
  /** Kinds whose injections we may not see, by name, with the reason. */
  unseen: readonly { kind: string; reason: string }[];
  /** Monotonic milliseconds at which the cluster last said anything; undefined before it ever did. */
  heardAt: number | undefined;
}

export interface ModelClock {
  monotonic(): number;
  /** Milliseconds since the epoch as the server counts them. */
  serverNow(): number;
}

type Freshness = Pick<Table<Row>, 'sync' | 'heardAt'>;

const KEPT = 60;

/** All tables of the board. Rows change in place as the feed speaks; `summary` says what they amount to now. */
export class Model {
  readonly #clock: ModelClock;
  readonly #changed: () => void;
  readonly #stops: (() => void)[] = [];
  readonly #markers = new Map<string, Marker>();
  readonly #firstSeen = new Map<string, number>();
  readonly #marked: { followed: Followed; table: Table<Row> }[];

  readonly nodes: Table<NodeRow>;
  readonly pods: Table<PodRow>;
  readonly deployments: Table<DeploymentRow>;
  readonly services: Table<ServiceRow>;
  readonly slices: Table<SliceRow>;
  readonly validating: Table<WebhookRow>;
  readonly mutating: Table<WebhookRow>;
  readonly crds: Table<CrdRow>;
  readonly leases: Table<LeaseRow>;
  /** Rows that might be in trouble, so that a healthy ten thousand cost nothing. */
  readonly #suspects = {
    pods: new Map<string, PodRow>(),
    crds: new Map<string, CrdRow>(),
    deployments: new Map<string, DeploymentRow>(),
  };

  /** `changed` is called, often, whenever a new summary is worth taking. */
  constructor(clock: ModelClock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    const suspects = this.#suspects;
    this.nodes = this.#table();
    this.pods = this.#table(suspects.pods, pod => !pod.fine || pod.terminating);
    this.deployments = this.#table(suspects.deployments, row => row.reason !== '');
    this.services = this.#table();
    this.slices = this.#table();
    this.validating = this.#table();
    this.mutating = this.#table();
    this.crds = this.#table(suspects.crds, crd => !crd.established);
    this.leases = this.#table();
    this.#marked = MARKED.map(followed => ({ followed, table: this.#table<Row>() }));
  }

  follow(feed: Feed): void {
    const on = <R extends Row>(source: SourceName, project: (object: KubeObject) => R, table: Table<R>): void => {
      this.#stops.push(feed.follow(SOURCES[source], project, table).stop);
    };
    on('pods', podRow, this.pods);
    on('nodes', nodeRow, this.nodes);
    on('deployments', deploymentRow, this.deployments);
    on('services', serviceRow, this.services);
    on('slices', sliceRow, this.slices);
    on('validating', webhookRow, this.validating);
    on('mutating', webhookRow, this.mutating);
    on('crds', crdRow, this.crds);
    on('leases', leaseRow, this.leases);
    for (const { followed, table } of this.#marked) this.#stops.push(feed.follow(followed, markedRow, table).stop);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  summary(): Summary {
    const now = this.#clock.serverNow();
    const tables: Freshness[] = [
      this.nodes,
      this.pods,
      this.deployments,
      this.services,
      this.slices,
      this.validating,
      this.mutating,
      this.crds,
      this.leases,
    ];
    const heard = tables.map(table => table.heardAt ?? Number.NEGATIVE_INFINITY);
    const heardAt = Math.max(...heard);
    const { pods, deployments, crds } = this.#suspects;
    return {
      kinds: {
        nodes: health([this.nodes], this.nodes.rows.size, judged(this.nodes.rows.values(), nodeTrouble)),
        pods: health(
          [this.pods],
          this.pods.rows.size,
          judged(pods.values(), pod => podTrouble(pod, now)),
        ),
        deployments: health(
          [this.deployments],
          this.deployments.rows.size,
          judged(deployments.values(), deploymentTrouble),
        ),
        crds: health([this.crds], this.crds.rows.size, judged(crds.values(), crdTrouble)),
        leases: health(
          [this.leases],
          this.leases.rows.size,
          judged(this.leases.rows.values(), lease => leaseTrouble(lease, now)),
        ),
        ...this.#joined(),
      },
      markers: [...this.#markers.values()],
      unseen: this.#marked.flatMap(({ followed, table }) =>
        table.sync.state === 'blind' ? [{ kind: followed.kind, reason: table.sync.reason }] : [],
      ),
      heardAt: Number.isFinite(heardAt) ? heardAt : undefined,
    };
  }

  /** Endpoints and webhooks need three tables at once; until all are listed nothing is called dead. */
  #joined(): Pick<Summary['kinds'], 'endpoints' | 'webhooks'> {
    const configurations = [...this.validating.rows.values(), ...this.mutating.rows.values()];
    const hooks = configurations.reduce((sum, row) => sum + row.hooks.length, 0);
    const served = servedBy(this.slices.rows.values());
    const isJudgeable = this.services.complete && this.slices.complete;
    const seen = new Set<string>();
    const firstSeen = (key: string): number => {
      seen.add(key);
      const at = this.#firstSeen.get(key) ?? this.#clock.serverNow();
      this.#firstSeen.set(key, at);
      return at;
    };
    const selecting = [...this.services.rows.values()].filter(service => service.selects && !service.external);
    const byName = new Map(
      [...this.services.rows.values()].map(service => [`${service.namespace ?? ''}/${service.name}`, service]),
    );
    const services = isJudgeable ? judged(selecting, service => serviceTrouble(service, served, firstSeen)) : [];
    const dead = isJudgeable ? configurations.flatMap(row => webhookTroubles(row, byName, served, firstSeen)) : [];
    for (const key of this.#firstSeen.keys()) if (!seen.has(key)) this.#firstSeen.delete(key);
    return {
      endpoints: health([this.services, this.slices], selecting.length, services),
      webhooks: health([this.validating, this.mutating, this.services, this.slices], hooks, dead),
    };
  }

  #table<R extends Row>(suspects?: Map<string, R>, isSuspect?: (row: R) => boolean): Table<R> {
    const mark = (row: R | undefined, uid: string): void => {
      if (row?.marker) this.#markers.set(uid, row.marker);
      else this.#markers.delete(uid);
      if (!suspects || !isSuspect) return;
      if (row && isSuspect(row)) suspects.set(uid, row);
      else suspects.delete(uid);
    };
    return new Table<R>(
      () => this.#clock.monotonic(),
      mark,
      () => this.#changed(),
    );
  }
}

function judged<R>(rows: Iterable<R>, judge: (row: R) => Trouble | undefined): Trouble[] {
  const found: Trouble[] = [];
  for (const row of rows) {
    const trouble = judge(row);
    if (trouble) found.push(trouble);
  }
  return found;
}

function health(tables: readonly Freshness[], count: number, troubles: Trouble[]): KindHealth {
  const failing = troubles.filter(one => one.severity === 'fail').length;
  return {
    sync: worst(tables),
    count,
    failing,
    warning: troubles.length - failing,
    troubles: troubles.sort(byUrgency).slice(0, KEPT),
  };
}

const ORDER: readonly Sync['state'][] = ['blind', 'retrying', 'waiting', 'loading', 'live'];

/** A line is only as well known as the worst known of its tables. */
function worst(tables: readonly Freshness[]): Sync {
  const syncs = tables.map(table => table.sync);
  return syncs.reduce((a, b) => (ORDER.indexOf(b.state) < ORDER.indexOf(a.state) ? b : a));
}
