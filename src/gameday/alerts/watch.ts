import type { Clock } from '../../host/clock.ts';
import type { ProbeWorld } from '../probes/probe.ts';
import { type Alert, type AlertSource, alertText, isOutside, keyOf, type Matchers, matches } from './alert.ts';
import { type AlertRules, type Answer, askAlerts } from './ask.ts';

export interface AlertWatchDeps {
  world: Pick<ProbeWorld, 'fetch'>;
  /** The clock that experiments live in, and the one that people live in: monitoring lives in the latter, and is not asked more often. */
  clock: Pick<Clock, 'sleep'>;
  realClock: Pick<Clock, 'sleep'>;
  rules: AlertRules;
  /** Which alerts outside of the scope are a real incident. */
  incident?: Matchers | undefined;
  namespaces: readonly string[];
  /** An alert fires that did not when the scenario was armed. */
  fires(alert: Alert): void;
  /** A source has stopped to answer, or answers; told when a scenario begins and at each change. */
  answers(source: AlertSource, why: string | undefined): void;
}

/** Follows what monitoring says while a scenario is under way. */
export interface AlertWatch {
  /** Resolves once it is known what fires before anything is injected, or that this cannot be known. */
  begin(): Promise<void>;
  end(): void;
  /** What fires now that is a real incident, or why it is not known; for the look both ways. */
  look(): Promise<{ incidents: string[]; blind: string[] }>;
  /** Incidents that began since the scenario was armed; undefined where no source answered, or no scenario is under way. */
  incidents(): readonly string[] | undefined;
}

const EVERY_MS = 2_000;
const AT_MOST_EVERY_REAL_MS = 500;

export function createAlertWatch(deps: AlertWatchDeps): AlertWatch {
  const { rules, world } = deps;
  let underWay: AbortController | undefined;
  /** What fired when it was looked last, by source; none where a source has not answered in this scenario. */
  let known = new Map<AlertSource, Set<string>>();
  let told = new Map<AlertSource, string | undefined>();
  let fresh = new Map<string, Alert>();
  let isAnswered = false;

  const isIncident = (alert: Alert): boolean =>
    deps.incident !== undefined && matches(alert, deps.incident) && isOutside(alert, deps.namespaces);

  function take(answer: Answer): void {
    const { source } = answer;
    const why = answer.ok ? undefined : answer.why;
    if (!told.has(source) || (told.get(source) === undefined) !== (why === undefined)) deps.answers(source, why);
    told.set(source, why);
    if (!answer.ok) return;
    const before = known.get(source);
    const now = new Map(answer.firing.map(alert => [keyOf(alert), alert]));
    known.set(source, new Set(now.keys()));
    for (const [key, alert] of fresh) if (alert.source === source && !now.has(key)) fresh.delete(key);
    // The first answer says what fired without us; nobody knows that of a source which did not answer.
    if (before === undefined) return;
    for (const [key, alert] of now)
      if (!before.has(key)) {
        fresh.set(key, alert);
        deps.fires(alert);
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
      told = new Map();
      fresh = new Map();
      await lookNow(signal);
      void follow(signal);
    },
    end() {
      underWay?.abort();
      underWay = undefined;
    },
    async look() {
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
