import type { Clock } from '../../host/clock.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { askProbe } from '../probes/look.ts';
import type { Probe, ProbeWorld } from '../probes/probe.ts';
import { readHealth } from './read-health.ts';
import type { Sample } from './sample.ts';

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
/** A sampler for one day; it reads nothing until `take` is called. */
export function createSampler(deps: SamplerDeps): Sampler {
  const { api, clock } = deps;
  const targets = new Set<string>();
  let targetTests: ((deployment: KubeObject) => boolean)[] = [];
  let scannedAt = Number.NEGATIVE_INFINITY;
  let askedRightsAt = Number.NEGATIVE_INFINITY;

  const addIfTarget = (deployment: KubeObject, name: string): void => {
    if (targetTests.some(isTarget => isTarget(deployment))) targets.add(name);
  };

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
      const isDue = clock.monotonic() - scannedAt >= SCAN_EVERY_MS;
      if (isDue) scannedAt = clock.monotonic();
      const areRightsDue = clock.monotonic() - askedRightsAt >= RIGHTS_EVERY_MS;
      if (areRightsDue) askedRightsAt = clock.monotonic();
      const [seen, probes, foreign, mayNotRevert] = await Promise.all([
        readHealth(deps, addIfTarget, signal),
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
        ...(foreign === undefined ? {} : { foreign }),
        ...(incidents === undefined ? {} : { incidents }),
        ...(mayNotRevert === undefined ? {} : { mayNotRevert }),
        ...(skewMs === undefined ? {} : { skewMs }),
        faults: deps.faults(),
      };
    },
  };
}
