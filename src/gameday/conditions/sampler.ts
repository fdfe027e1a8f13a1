import type { Clock } from '../../host/clock.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isReady } from '../../k8s/pod.ts';
import type { Api, Collection } from '../../kube/client/api.ts';
import type { FailureReason } from '../../kube/client/http/outcome.ts';
import { isServing } from '../../run/observe/collateral.ts';
import { sanitise } from '../../text/sanitise.ts';
import { askProbe } from '../probes/look.ts';
import type { Probe, ProbeWorld } from '../probes/probe.ts';
import type { Call, HealthByName, Sample } from './sample.ts';

/** What a sampler reads, and the means to read it. */
export interface SamplerDeps {
  api: Api;
  /** The clock of experiments; it may run fast. */
  clock: Clock;
  /** Wall time; calls are timed by it. */
  realClock: Pick<Clock, 'monotonic'>;
  world: ProbeWorld;
  probes: readonly Probe[];
  /** The namespaces of the scope. */
  namespaces: readonly string[];
  /** The injections in the cluster that do not belong to this day; undefined where no scan was possible. */
  foreign(): Promise<readonly string[] | undefined>;
  /** Alerts that are a real incident; undefined where monitoring is not asked or does not answer. */
  incidents(): readonly string[] | undefined;
  /** Missing permissions that the reverts of our own faults need; undefined where there is no fault or the cluster did not answer. */
  mayNotRevert(signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** The least possible difference between the clocks, milliseconds. */
  skewMs(): number | undefined;
  /** Our own faults that are still in the cluster. */
  faults(): Sample['faults'];
}

export interface Sampler {
  take(signal: AbortSignal): Promise<Sample>;
  /** The targets of the scenario so far: `Deployment kserve/x`. */
  addTarget(isTarget: (deployment: KubeObject) => boolean): void;
  readonly targets: ReadonlySet<string>;
  /** Forgets the targets, at the end of a scenario. */
  forgetTargets(): void;
}

/** A scan lists every kind in the cluster, so it is not part of each sample. */
const SCAN_EVERY_MS = 5_000;
/** Permissions seldom change, and each one needs a request. */
const RIGHTS_EVERY_MS = 10_000;
/** Failures that mean that the server or the way to it is unhealthy; any other failure is an answer of the server. */
const FAILED_CALL_REASONS: ReadonlySet<FailureReason> = new Set(['unreachable', 'server-error', 'throttled']);
const READ_TIMEOUT_MS = 5_000;

const nameOf = (kind: string, { metadata }: KubeObject): string =>
  sanitise(`${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`, 200);

export function createSampler(deps: SamplerDeps): Sampler {
  const { api, clock, realClock, namespaces } = deps;
  const targets = new Set<string>();
  let targetTests: ((deployment: KubeObject) => boolean)[] = [];
  let scannedAt = Number.NEGATIVE_INFINITY;
  let askedRightsAt = Number.NEGATIVE_INFINITY;
  let calls: Call[] = [];

  /** All objects of a kind; undefined where they cannot be read, an empty list where the cluster does not have the kind. */
  async function all(collection: Collection, signal: AbortSignal): Promise<KubeObject[] | undefined> {
    const began = realClock.monotonic();
    const page = await api.listAll(collection, { signal, timeoutMs: READ_TIMEOUT_MS });
    const ms = realClock.monotonic() - began;
    if (signal.aborted) return undefined;
    calls.push(page.ok || !FAILED_CALL_REASONS.has(page.reason) ? { ms } : { ms, failed: page.reason });
    if (page.ok) return page.value.items;
    return page.reason === 'not-found' ? [] : undefined;
  }

  /** Deployments of the whole cluster where that is permitted, else of the scope. */
  async function deployments(signal: AbortSignal): Promise<{ inside: HealthByName; outside: HealthByName }> {
    const everywhere = await all({ apiVersion: 'apps/v1', kind: 'Deployment' }, signal);
    const found: (KubeObject[] | undefined)[] = everywhere
      ? [everywhere]
      : await Promise.all(
          namespaces.map(namespace => all({ apiVersion: 'apps/v1', kind: 'Deployment', namespace }, signal)),
        );
    const items = found.flatMap(one => one ?? []);
    if (everywhere === undefined && found.includes(undefined)) return { inside: undefined, outside: undefined };
    const inside = new Map<string, boolean>();
    const outside = new Map<string, boolean>();
    for (const item of items) {
      const deployment = { ...item, kind: 'Deployment' };
      const name = nameOf('Deployment', deployment);
      if (targetTests.some(isTarget => isTarget(deployment))) targets.add(name);
      (namespaces.includes(item.metadata.namespace ?? '') ? inside : outside).set(name, isServing(deployment));
    }
    return { inside, outside: everywhere === undefined ? undefined : outside };
  }

  /** The health of objects outside the scope. A kind that cannot be read is left out; undefined where no kind can be read. */
  async function outside(signal: AbortSignal, others: HealthByName): Promise<HealthByName> {
    const [nodes, applications] = await Promise.all([
      all({ apiVersion: 'v1', kind: 'Node' }, signal),
      all({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }, signal),
    ]);
    if (nodes === undefined && applications === undefined) return others;
    const found = new Map(others);
    for (const node of nodes ?? []) found.set(nameOf('Node', node), isReady(node));
    for (const application of applications ?? [])
      if (!isWithin(application, namespaces)) found.set(nameOf('Application', application), isHealthy(application));
    return found;
  }

  return {
    targets,
    addTarget: isTarget => {
      targetTests.push(isTarget);
    },
    forgetTargets() {
      targetTests = [];
      targets.clear();
    },
    async take(signal) {
      calls = [];
      const isDue = clock.monotonic() - scannedAt >= SCAN_EVERY_MS;
      if (isDue) scannedAt = clock.monotonic();
      const areRightsDue = clock.monotonic() - askedRightsAt >= RIGHTS_EVERY_MS;
      if (areRightsDue) askedRightsAt = clock.monotonic();
      const [seen, probes, foreign, mayNotRevert] = await Promise.all([
        deployments(signal).then(async found => ({ ...found, outside: await outside(signal, found.outside) })),
        Promise.all(deps.probes.map(probe => askProbe(deps.world, probe, signal))),
        isDue ? deps.foreign().catch(() => undefined) : undefined,
        areRightsDue ? deps.mayNotRevert(signal).catch(() => undefined) : undefined,
      ]);
      const incidents = deps.incidents();
      const skewMs = deps.skewMs();
      return {
        at: clock.monotonic(),
        server: api.serverTime().now,
        ...seen,
        probes,
        calls,
        ...(foreign === undefined ? {} : { foreign }),
        ...(incidents === undefined ? {} : { incidents }),
        ...(mayNotRevert === undefined ? {} : { mayNotRevert }),
        ...(skewMs === undefined ? {} : { skewMs }),
        faults: deps.faults(),
      };
    },
  };
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
