import type { Clean } from '../text/sanitise.ts';
import type {
  CrdRow,
  DeploymentRow,
  LeaseRow,
  NodeRow,
  PodRow,
  Row,
  ServiceRow,
  SliceRow,
  WebhookRow,
} from './rows.ts';
import type { Since, Trouble } from './trouble.ts';

const ownText = (text: string): Clean => text as Clean;
const exactly = (at: number): Since => ({ at, exact: true });

function trouble(row: Row, severity: Trouble['severity'], what: string, since: Since): Trouble {
  return {
    uid: row.uid,
    name: row.name,
    ...(row.namespace && { namespace: row.namespace }),
    severity,
    what: ownText(what),
    since,
  };
}

/** How long a pod may be starting or ending before it counts as failing, unless its status names an error. */
const GRACE_MS = 60_000;
const STARTING = ['Pending', 'ContainerCreating', 'PodInitializing', 'NotReady', 'Running', 'Terminating'];

/**
 * What is wrong with a pod at `now` (server time); undefined when nothing is. Finished pods are not failures; young
 * ones get a grace period.
 */
export function podTrouble(pod: PodRow, now: number): Trouble | undefined {
  if (pod.fine && !pod.terminating) return undefined;
  const isTransient = STARTING.includes(pod.reason);
  if (isTransient && now - pod.since < GRACE_MS) return undefined;
  return trouble(pod, pod.reason === 'Terminating' ? 'warn' : 'fail', pod.reason, exactly(pod.since));
}

/** What is wrong with a node: not ready, or a pressure condition; undefined when nothing is. */
export function nodeTrouble(node: NodeRow): Trouble | undefined {
  if (!node.ready) return trouble(node, 'fail', `not ready: ${node.reason}`, exactly(node.since));
  const pressure = node.pressures[0];
  return pressure ? trouble(node, 'warn', pressure.type, exactly(pressure.since)) : undefined;
}

/** What is wrong with a Deployment, as its row says; undefined when nothing is. */
export function deploymentTrouble(row: DeploymentRow): Trouble | undefined {
  return row.reason === '' ? undefined : trouble(row, 'fail', row.reason, exactly(row.since));
}

/** What is wrong with a CustomResourceDefinition that is not established; undefined when it is. */
export function crdTrouble(crd: CrdRow): Trouble | undefined {
  return crd.established ? undefined : trouble(crd, 'fail', crd.reason, exactly(crd.since));
}

/** A lease is stale when it has not been renewed for twice its duration. An abandoned one (a day old) is ignored. */
export function leaseTrouble(lease: LeaseRow, now: number): Trouble | undefined {
  if (lease.holder === '' || lease.durationMs <= 0) return undefined;
  const late = now - lease.renewed;
  if (late <= 2 * lease.durationMs || late > 86_400_000) return undefined;
  return trouble(lease, 'warn', `stale, held by ${lease.holder}`, exactly(lease.renewed + lease.durationMs));
}

/** The endpoints of one service, summed over all its slices. */
interface ServiceEndpoints {
  ready: number;
  total: number;
  changedAt?: number;
}
export type Served = ReadonlyMap<string, ServiceEndpoints>;

/** Endpoints per `namespace/service`. */
export function servedBy(slices: Iterable<SliceRow>): Served {
  const served = new Map<string, ServiceEndpoints>();
  for (const slice of slices) {
    const key = `${slice.namespace ?? ''}/${slice.service}`;
    const before = served.get(key);
    const changedAt = Math.max(before?.changedAt ?? 0, slice.changedAt ?? 0);
    served.set(key, {
      ready: (before?.ready ?? 0) + slice.ready,
      total: (before?.total ?? 0) + slice.total,
      ...(changedAt > 0 && { changedAt }),
    });
  }
  return served;
}

/** When we first saw a trouble for which the cluster has no time. */
export type FirstSeen = (key: string) => number;

/**
 * A service with a selector whose endpoints are all unready. No endpoints at all is only a warning: it may be scaled
 * to zero.
 */
export function serviceTrouble(service: ServiceRow, served: Served, firstSeen: FirstSeen): Trouble | undefined {
  if (!service.selects || service.external) return undefined;
  const behind = served.get(`${service.namespace ?? ''}/${service.name}`);
  if (behind && behind.ready > 0) return undefined;
  const since = sinceOf(behind, () => firstSeen(`service ${service.uid}`));
  if (behind && behind.total > 0) return trouble(service, 'fail', `0 of ${behind.total} ready`, since);
  return trouble(service, 'warn', 'no pod behind it', since);
}

/** The endpoints have been in this state at least since their last change. */
const sinceOf = (behind: ServiceEndpoints | undefined, seen: () => number): Since => ({
  at: behind?.changedAt ?? seen(),
  exact: false,
});

/**
 * The webhooks of a configuration whose service cannot answer. Only what makes the API server's call fail counts: a
 * missing service or port, or no ready endpoint. Webhooks with a URL are not judged.
 */
export function webhookTroubles(
  row: WebhookRow,
  services: ReadonlyMap<string, ServiceRow>,
  served: Served,
  firstSeen: FirstSeen,
): Trouble[] {
  const found: Trouble[] = [];
  for (const hook of row.hooks) {
    if (!hook.service) continue;
    const key = `${hook.service.namespace}/${hook.service.name}`;
    const service = services.get(key);
    const port = service?.ports.find(one => one.port === hook.service?.port);
    const behind = served.get(key);
    const why = !service
      ? 'service missing'
      : !port
        ? `no port ${hook.service.port}`
        : (behind?.ready ?? 0) === 0
          ? 'no endpoints'
          : undefined;
    if (why === undefined) continue;
    const uid = `${row.uid} ${hook.name}`;
    const since = sinceOf(why === 'no endpoints' ? behind : undefined, () => firstSeen(`webhook ${uid} ${why}`));
    found.push({
      ...trouble(row, hook.fails === 'Fail' ? 'fail' : 'warn', `${why}, ${hook.fails}`, since),
      uid,
      name: hook.name,
    });
  }
  return found;
}
