import type { FinishedRun } from '../../src/engine/recorded-run.ts';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import type { RunOptions } from '../../src/run/deps.ts';
import type { RunResult } from '../../src/run/verdict/result.ts';
import type { SuiteEvent } from '../../src/suite/event.ts';
import type { SuiteRecord, SuiteSettings } from '../../src/suite/journal.ts';
import { suiteEntries } from '../../src/suite/order.ts';
import type { Readiness } from '../../src/suite/readiness.ts';
import { runSuite, type SuiteDeps, type SuiteRun } from '../../src/suite/run-suite.ts';
import { experiment } from '../run/support/lab.ts';
import { fakeClock } from '../support/fake-clock.ts';

export interface Named {
  operator?: string;
  namespace?: string;
  tier?: number;
  type?: LoadedExperiment['experiment']['spec']['injection']['type'];
  parameters?: Record<string, string>;
  ttlMs?: number;
  recoveryTimeoutMs?: number;
}

/** An experiment of a suite: by its name, of an operator in a namespace. */
export function named(name: string, of: Named = {}): LoadedExperiment {
  const { operator = name, namespace = operator, tier = 1, ...rest } = of;
  const loaded = experiment(rest);
  const { spec } = loaded.experiment;
  return {
    path: `${name}.yaml`,
    sha256: name,
    experiment: {
      ...loaded.experiment,
      metadata: { name },
      spec: {
        ...spec,
        tier,
        target: { operator, component: 'web' },
        blastRadius: { ...spec.blastRadius, allowedNamespaces: [namespace] },
      },
    },
  };
}

export const SETTINGS: SuiteSettings = {
  parallel: 4,
  rounds: 1,
  failFast: false,
  dryRun: false,
  set: [],
  gateMs: 60_000,
  soakMs: 10_000,
};

/** How a run of that name goes: it takes so long, and ends like this. */
export type Play = Partial<Pick<RunResult, 'verdict' | 'residue' | 'interrupted'>> & { ms?: number; throws?: Error };

/** A suite whose runs only take time. */
export function stage(plays: Record<string, Play> = {}, ready: SuiteDeps['ready'] = async () => READY) {
  const clock = fakeClock();
  const events: SuiteEvent[] = [];
  const records: SuiteRecord[] = [];
  const spans: { name: string; from: number; to: number }[] = [];
  let runs = 0;
  const run = async (loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun> => {
    const { name } = loaded.experiment.metadata;
    const { ms = 1_000, throws, ...own } = plays[name] ?? {};
    const id = `run-${++runs}`;
    const from = clock.monotonic();
    options.emit({ at: clock.now(), run: id, event: 'phase', phase: 'Pending', experiment: name });
    const interrupted = await clock.sleep(ms, options.signal).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (throws) throw throws;
    spans.push({ name, from, to: clock.monotonic() });
    return { result: resultOf(id, loaded, { ...own, ...(interrupted === undefined ? {} : { interrupted }) }) };
  };
  const deps: SuiteDeps = {
    run,
    ready,
    clock,
    now: clock.now,
    journal: { append: async record => void records.push(record), close: async () => undefined },
    emit: event => events.push(event),
  };
  return {
    clock,
    events,
    records,
    spans,
    deps,
    go: (all: LoadedExperiment[], more: Partial<SuiteRun> & { set?: Partial<SuiteSettings> } = {}) => {
      const settings = { ...SETTINGS, ...more.set };
      const entries = suiteEntries(all, settings.rounds);
      return runSuite(deps, { suite: 's', entries, signal: new AbortController().signal, ...more, settings });
    },
    of: <K extends SuiteEvent['event']>(kind: K) =>
      events.filter(({ event }) => event === kind) as Extract<SuiteEvent, { event: K }>[],
  };
}

export const READY: Readiness = { state: 'ready' };

export function resultOf(run: string, loaded: LoadedExperiment, own: Partial<RunResult> = {}): RunResult {
  return {
    run,
    experiment: loaded.experiment.metadata.name,
    type: loaded.experiment.spec.injection.type,
    phase: 'Complete',
    verdict: 'Resilient',
    reasons: ['healed by itself'],
    timings: { recoveryMs: 1_000 },
    selfHealed: true,
    restoredBy: 'controller',
    compat: { verdict: 'Resilient', why: '' },
    baseline: [],
    checks: [],
    evidence: [],
    receipts: [],
    residue: 0,
    blind: [],
    dryRun: false,
    ...own,
  };
}
