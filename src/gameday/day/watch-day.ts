import { deniedForRevert } from '../../safety/permissions.ts';
import { type AlertWatch, createAlertWatch } from '../alerts/watch.ts';
import type { ConditionStatus } from '../conditions/judge.ts';
import { createMonitor, type Monitor } from '../conditions/monitor.ts';
import { createSampler } from '../conditions/sampler.ts';
import type { DayEvent } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { ProbeSeen } from '../probes/probe.ts';
import type { RunTarget } from './deps.ts';
import type { LeadDeps } from './order.ts';
import type { OwnRuns } from './own-runs.ts';

/** What watches a day: the alerts, where the plan names a source, and the abort conditions. */
export interface DayWatch {
  alerts: AlertWatch | undefined;
  monitor: Monitor;
  runTarget(target: RunTarget): void;
  stop(): Promise<void>;
}

/** `scenario` gives the one that is running; `writeDown` records an event without being waited for. */
export interface WatchDayDeps extends Pick<LeadDeps, 'api' | 'engine' | 'clock' | 'realClock' | 'world' | 'skewMs'> {
  spec: GameDay['spec'];
  beganAt: number;
  runs: OwnRuns;
  scenario(): string | undefined;
  writeDown(event: DayEvent): void;
  onChange(standings: readonly ConditionStatus[], probes: readonly ProbeSeen[]): void;
  tripped(condition: ConditionStatus): void;
}

/** Starts to watch a day. */
export function watchDay(deps: WatchDayDeps): DayWatch {
  const { api, engine, clock, realClock, world, skewMs, spec, runs } = deps;
  const alerts = watchAlerts(deps);
  const sampler = createSampler({
    api,
    clock,
    realClock,
    world,
    probes: spec.probes,
    namespaces: spec.scope.namespaces,
    skewMs,
    incidents: () => alerts?.incidents(),
    mayNotRevert: async signal => {
      const needed = runs.needed();
      return needed.length === 0 ? undefined : deniedForRevert(api, needed, signal);
    },
    faults: runs.faults,
    foreign: async () => {
      const { injections, scanned } = await engine.scan();
      if (scanned.read === 0) return undefined;
      return injections.filter(({ run }) => run === undefined || !runs.has(run)).map(({ id }) => id);
    },
  });
  const monitor = createMonitor({
    sampler,
    clock,
    realClock,
    rules: spec.abort,
    beganAt: deps.beganAt,
    onChange: ({ standings, probes }) => deps.onChange(standings, probes),
    tripped: deps.tripped,
  });
  return {
    alerts,
    monitor,
    runTarget({ run, isTarget, permissions }) {
      sampler.addTarget(isTarget);
      runs.target(run, permissions);
    },
    async stop() {
      alerts?.end();
      await monitor.stop();
    },
  };
}

function watchAlerts({ world, clock, realClock, spec, scenario, writeDown }: WatchDayDeps): AlertWatch | undefined {
  const { alerts, abort, scope } = spec;
  if (alerts === undefined) return undefined;
  const about = () => scenario() ?? '';
  return createAlertWatch({
    world,
    clock,
    realClock,
    rules: alerts,
    incident: abort.incident === false ? undefined : abort.incident.alerts,
    namespaces: scope.namespaces,
    onAlert: alert => writeDown({ kind: 'alert', scenario: about(), ...alert }),
    onAnswer: (source, why) =>
      writeDown({ kind: 'alerts', scenario: about(), source, ...(why === undefined ? {} : { why }) }),
  });
}
