import type { Clock } from '../../host/clock.ts';
import type { GameDay } from '../plan/document.ts';
import type { ProbeSeen } from '../probes/probe.ts';
import type { ConditionId } from './condition.ts';
import { type Judging, judged, type Standing } from './judge.ts';
import type { Sample } from './sample.ts';
import type { Sampler } from './sampler.ts';

export interface MonitorDeps {
  sampler: Sampler;
  clock: Clock;
  /** The clock that people live in: however fast experiments live, the cluster is not asked more often than this allows. */
  realClock: Clock;
  rules: GameDay['spec']['abort'];
  /** The server's time, milliseconds since the epoch. */
  beganAt: number;
  /** Told after every sample. */
  hear(seen: { standings: readonly Standing[]; probes: readonly ProbeSeen[] }): void;
  /** A condition that was armed has tripped. */
  tripped(standing: Standing): void;
}

/** Watches over a day: takes samples, judges them, and says which condition trips. */
export interface Monitor {
  readonly standings: readonly Standing[];
  readonly probes: readonly ProbeSeen[];
  /** A scenario is armed: from here on what gets worse counts. Resolves when how things are now is known. */
  arm(): Promise<void>;
  /** It is over: nothing is compared any more. */
  disarm(): void;
  /** Takes a sample now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const AT_MOST_EVERY_REAL_MS = 200;
/** No bound of a plan that makes sense needs a longer memory. */
const MEMORY_MS = 15 * 60_000;
const MOST_SAMPLES = 2_000;

export function createMonitor(deps: MonitorDeps): Monitor {
  const { sampler, clock, realClock, rules, beganAt } = deps;
  const over = new AbortController();
  let history: Sample[] = [];
  let before: Judging['before'];
  let standings: readonly Standing[] = judged([], { rules, beganAt, targets: new Set() });
  let probes: readonly ProbeSeen[] = [];
  let looking: Promise<void> | undefined;
  const told = new Set<ConditionId>();

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
    deps.hear({ standings, probes });
    for (const standing of standings) {
      if (standing.state !== 'TRIPPED') told.delete(standing.id);
      else if (!told.has(standing.id)) {
        told.add(standing.id);
        deps.tripped(standing);
      }
    }
  }

  /** One at a time. */
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
      sampler.forget();
    },
    look,
    async stop() {
      over.abort();
      await watching;
    },
  };
}
