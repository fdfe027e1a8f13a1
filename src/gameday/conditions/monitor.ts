import type { Clock } from '../../host/clock.ts';
import type { GameDay } from '../plan/document.ts';
import type { ProbeSeen } from '../probes/probe.ts';
import type { ConditionId } from './condition.ts';
import { type ConditionStatus, type JudgeContext, judged } from './judge.ts';
import type { Sample } from './sample.ts';
import type { Sampler } from './sampler.ts';

export interface MonitorDeps {
  sampler: Sampler;
  clock: Clock;
  /** Wall time. It limits how often the cluster is asked, however fast the clock of experiments runs. */
  realClock: Clock;
  rules: GameDay['spec']['abort'];
  /** The server's time, milliseconds since the epoch. */
  beganAt: number;
  /** Called after every sample. */
  onChange(seen: { standings: readonly ConditionStatus[]; probes: readonly ProbeSeen[] }): void;
  /** Called when an armed condition trips. */
  tripped(standing: ConditionStatus): void;
}

/** Takes samples during a day, judges them, and reports which condition trips. */
export interface Monitor {
  readonly standings: readonly ConditionStatus[];
  readonly probes: readonly ProbeSeen[];
  /** Called when a scenario is armed: later samples are compared with the present state. Resolves when that state has been read. */
  arm(): Promise<void>;
  /** The scenario is over: samples are no longer compared with its start. */
  disarm(): void;
  /** Takes a sample now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const AT_MOST_EVERY_REAL_MS = 200;
/** How long samples are kept; longer than any useful limit in a plan. */
const MEMORY_MS = 15 * 60_000;
const MOST_SAMPLES = 2_000;

export function createMonitor(deps: MonitorDeps): Monitor {
  const { sampler, clock, realClock, rules, beganAt } = deps;
  const over = new AbortController();
  let history: Sample[] = [];
  let before: JudgeContext['before'];
  let standings: readonly ConditionStatus[] = judged([], { rules, beganAt, targets: new Set() });
  let probes: readonly ProbeSeen[] = [];
  let looking: Promise<void> | undefined;
  const reported = new Set<ConditionId>();

  async function sample(): Promise<void> {
    const seen = await sampler.take(over.signal);
    if (over.signal.aborted) return;
    history = [...history.filter(({ at }) => seen.at - at <= MEMORY_MS), seen].slice(-MOST_SAMPLES);
    probes = seen.probes;
    standings = judged(history, {
      rules,
      beganAt,
      targets: sampler.targets,
      ...(before === undefined ? {} : { before }),
    });
    deps.onChange({ standings, probes });
    for (const standing of standings) {
      if (standing.state !== 'TRIPPED') reported.delete(standing.id);
      else if (!reported.has(standing.id)) {
        reported.add(standing.id);
        deps.tripped(standing);
      }
    }
  }

  /** Takes one sample; a call during a running one shares it. */
  const look = (): Promise<void> => {
    looking ??= sample().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await look();
      await Promise.all([
        clock.sleep(EVERY_MS, over.signal),
        realClock.sleep(AT_MOST_EVERY_REAL_MS, over.signal),
      ]).catch(() => undefined);
    }
  }
  const watching = watch();

  return {
    get standings() {
      return standings;
    },
    get probes() {
      return probes;
    },
    async arm() {
      await looking;
      await look();
      const now = history.at(-1);
      before = { inside: now?.inside, outside: now?.outside };
    },
    disarm() {
      before = undefined;
      sampler.forgetTargets();
    },
    look,
    async stop() {
      over.abort();
      await watching;
    },
  };
}
