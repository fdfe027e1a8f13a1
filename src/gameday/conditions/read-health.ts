import type { Clock } from '../../host/clock.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isReady } from '../../k8s/pod.ts';
import type { Api, Collection } from '../../kube/client/api.ts';
import type { FailureReason } from '../../kube/client/http/outcome.ts';
import { isServing } from '../../run/observe/collateral.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Call, HealthByName } from './sample.ts';

/** Failures that mean that the server or the way to it is unhealthy; any other failure is an answer of the server. */
const FAILED_CALL_REASONS: ReadonlySet<FailureReason> = new Set(['unreachable', 'server-error', 'throttled']);
const READ_TIMEOUT_MS = 5_000;

const nameOf = (kind: string, { metadata }: KubeObject): string =>
  sanitise(`${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`, 200);

/** The health of objects inside and outside the scope, and the calls by which it was read. */
export interface HealthReading {
  inside: HealthByName;
  outside: HealthByName;
  calls: readonly Call[];
}

export interface HealthReaderDeps {
  api: Api;
  /** Wall time; calls are timed by it. */
  realClock: Pick<Clock, 'monotonic'>;
  /** The namespaces of the scope. */
  namespaces: readonly string[];
}

/** Reads once which objects are healthy. `onDeployment` is called for each Deployment that was read, with its name. */
export async function readHealth(
  { api, realClock, namespaces }: HealthReaderDeps,
  onDeployment: (deployment: KubeObject, name: string) => void,
  signal: AbortSignal,
): Promise<HealthReading> {
  const calls: Call[] = [];

  /** All objects of a kind; undefined where they cannot be read, an empty list where the cluster does not have the kind. */
  async function all(collection: Collection): Promise<KubeObject[] | undefined> {
    const began = realClock.monotonic();
    const page = await api.listAll(collection, { signal, timeoutMs: READ_TIMEOUT_MS });
    const ms = realClock.monotonic() - began;
    if (signal.aborted) return undefined;
    calls.push(page.ok || !FAILED_CALL_REASONS.has(page.reason) ? { ms } : { ms, failed: page.reason });
    if (page.ok) return page.value.items;
    return page.reason === 'not-found' ? [] : undefined;
  }

  /** Deployments of the whole cluster where that is permitted, else of the scope. */
  async function deployments(): Promise<{ inside: HealthByName; outside: HealthByName }> {
    const everywhere = await all({ apiVersion: 'apps/v1', kind: 'Deployment' });
    const found: (KubeObject[] | undefined)[] = everywhere
      ? [everywhere]
      : await Promise.all(namespaces.map(namespace => all({ apiVersion: 'apps/v1', kind: 'Deployment', namespace })));
    const items = found.flatMap(one => one ?? []);
    if (everywhere === undefined && found.includes(undefined)) return { inside: undefined, outside: undefined };
    const inside = new Map<string, boolean>();
    const outside = new Map<string, boolean>();
    for (const item of items) {
      const deployment = { ...item, kind: 'Deployment' };
      const name = nameOf('Deployment', deployment);
      onDeployment(deployment, name);
      (namespaces.includes(item.metadata.namespace ?? '') ? inside : outside).set(name, isServing(deployment));
    }
    return { inside, outside: everywhere === undefined ? undefined : outside };
  }

  /** The health of objects outside the scope. A kind that cannot be read is left out; undefined where no kind can be read. */
  async function outside(others: HealthByName): Promise<HealthByName> {
    const [nodes, applications] = await Promise.all([
      all({ apiVersion: 'v1', kind: 'Node' }),
      all({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }),
    ]);
    if (nodes === undefined && applications === undefined) return others;
    const found = new Map(others);
    for (const node of nodes ?? []) found.set(nameOf('Node', node), isReady(node));
    for (const application of applications ?? [])
      if (!isWithin(application, namespaces)) found.set(nameOf('Application', application), isHealthy(application));
    return found;
  }

  const found = await deployments();
  return { ...found, outside: await outside(found.outside), calls };
}

const isHealthy = (application: KubeObject): boolean =>
  fieldAt(application, 'status.health.status').value === 'Healthy';

/** Whether an application manages something in the scope: then its health reflects the day's own faults and is not an incident. */
function isWithin(application: KubeObject, namespaces: readonly string[]): boolean {
  const resources = fieldAt(application, 'status.resources').value;
  const managed = Array.isArray(resources) ? resources.map(one => one?.namespace) : [];
  return [fieldAt(application, 'spec.destination.namespace').value, ...managed].some(
    namespace => typeof namespace === 'string' && namespaces.includes(namespace),
  );
}
