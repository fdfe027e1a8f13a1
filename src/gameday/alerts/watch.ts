import type { Clock } from '../../host/clock.ts';
import type { ProbeWorld } from '../probes/probe.ts';
import { type Alert, type AlertSource, alertText, isOutside, keyOf, type Matchers, matches } from './alert.ts';
import { type AlertRules, type Answer, askAlerts } from './ask.ts';

export interface AlertWatchDeps {
  world: Pick<ProbeWorld, 'fetch'>;
  /** `clock` is the clock of experiments, which may run fast; `realClock` is wall time, and limits how often monitoring is asked. */
  clock: Pick<Clock, 'sleep'>;
  realClock: Pick<Clock, 'sleep'>;
  rules: AlertRules;
  /** Alerts outside the scope that match these count as a real incident. */
  incident?: Matchers | undefined;
  namespaces: readonly string[];
  /** Called for an alert that fires now and did not fire when the scenario was armed. */
  onAlert(alert: Alert): void;
  /** Called when a scenario begins, and whenever a source starts or stops answering. */
  onAnswer(source: AlertSource, why: string | undefined): void;
}

/** Follows what monitoring reports during a scenario. */
export interface AlertWatch {
  /** Resolves once it is known which alerts fire before the injection, or that this cannot be known. */
  begin(): Promise<void>;
  end(): void;
  /** The firing alerts that are a real incident, or why they are not known; used by the safety check. */
  incidentsNow(): Promise<{ incidents: string[]; blind: string[] }>;
  /** Incidents that began since the scenario was armed; undefined when no source answered or no scenario is running. */
  incidents(): readonly string[] | undefined;
}

const EVERY_MS = 2_000;
const AT_MOST_EVERY_REAL_MS = 500;

export function createAlertWatch(deps: AlertWatchDeps): AlertWatch {
  const { rules, world } = deps;
  let underWay: AbortController | undefined;
  /** The alerts that fired at the last look, by source; no entry for a source that has not answered in this scenario. */
  let known = new Map<AlertSource, Set<string>>();
  let reported = new Map<AlertSource, string | undefined>();
  let fresh = new Map<string, Alert>();
  let isAnswered = false;

  const isIncident = (alert: Alert): boolean =>
    deps.incident !== undefined && matches(alert, deps.incident) && isOutside(alert, deps.namespaces);

  function take(answer: Answer): void {
    const { source } = answer;
    const why = answer.ok ? undefined : answer.why;
    if (!reported.has(source) || (reported.get(source) === undefined) !== (why === undefined))
      deps.onAnswer(source, why);
    reported.set(source, why);
    if (!answer.ok) return;
    const before = known.get(source);
    const now = new Map(answer.firing.map(alert => [keyOf(alert), alert]));
    known.set(source, new Set(now.keys()));
    for (const [key, alert] of fresh) if (alert.source === source && !now.has(key)) fresh.delete(key);
    // The first answer of a source is the state before the injection. Later answers are compared with it.
    if (before === undefined) return;
    for (const [key, alert] of now)
      if (!before.has(key)) {
        fresh.set(key, alert);
        deps.onAlert(alert);
      }
  }

  async function lookNow(signal: AbortSignal): Promise<void> {
    const answers = await askAlerts(world, rules, signal);
    if (signal.aborted) return;
    isAnswered = answers.some(({ ok }) => ok);
    for (const answer of answers) take(answer);
  }

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all([
        deps.clock.sleep(EVERY_MS, signal),
        deps.realClock.sleep(AT_MOST_EVERY_REAL_MS, signal),
      ]).catch(() => undefined);
      if (!signal.aborted) await lookNow(signal);
    }
  }

  return {
    async begin() {
      underWay?.abort();
      underWay = new AbortController();
      const { signal } = underWay;
      known = new Map();
      reported = new Map();
      fresh = new Map();
      await lookNow(signal);
      void follow(signal);
    },
    end() {
      underWay?.abort();
      underWay = undefined;
    },
    async incidentsNow() {
      const answers = await askAlerts(world, rules);
      return {
        incidents: answers.flatMap(answer => (answer.ok ? answer.firing.filter(isIncident).map(alertText) : [])),
        blind: answers.flatMap(answer => (answer.ok ? [] : [`${answer.source}: ${answer.why}`])),
      };
    },
    incidents: () =>
      underWay === undefined || !isAnswered ? undefined : [...fresh.values()].filter(isIncident).map(alertText),
  };
}
