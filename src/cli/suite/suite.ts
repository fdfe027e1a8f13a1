import { resolve } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import { filesUnder } from '../../host/files.ts';
import { type Interrupt, listenForInterrupt } from '../../host/interrupt.ts';
import { isAlive } from '../../host/process.ts';
import type { Api } from '../../kube/client/api.ts';
import { eventLine } from '../../run/line.ts';
import { engineFor, guardFor, locksFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { newSuiteId, runSuiteHere } from '../../runtime/suites.ts';
import { SUITE_DEFAULTS } from '../../suite/defaults.ts';
import type { EntryEnd, SuiteEvent } from '../../suite/event.ts';
import {
  type JournalEntry,
  journalEntries,
  readSuite,
  type SuiteHistory,
  type SuiteSettings,
  suiteJournalPath,
} from '../../suite/journal.ts';
import { suiteLine } from '../../suite/line.ts';
import { type SuiteEntry, suiteEntries } from '../../suite/order.ts';
import { missingEntries, revertDeadRuns, whyNotResumable } from '../../suite/resume.ts';
import type { SuiteResult } from '../../suite/run-suite.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { answered } from '../consent.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { modelsOrFail, watchingDependants } from '../knowledge.ts';
import { loadOrFail } from '../load.ts';
import { durationOption, wholeNumber } from '../number.ts';
import { printNotice } from '../output/notice.ts';
import { print } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { type PodResult, withPodResult } from '../submit/pod-result.ts';
import { askSuiteConsent } from './consent.ts';
import { suiteFiles } from './files.ts';
import { type SuiteScreen, suiteJson, suiteScreen } from './screen.ts';

/** What is to be run: a whole new suite, or the rest of an earlier one. */
interface Order {
  suite: string;
  settings: SuiteSettings;
  /** What has still to be run. */
  entries: SuiteEntry[];
  /** All runs of the suite, and the results of those that are done. */
  all: JournalEntry[];
  done: ReadonlyMap<string, EntryEnd>;
  isAgain: boolean;
}

const MOST_ROUNDS = 1000;

/** `mayday suite PATHS…` and `mayday suite --resume ID`. Ctrl-c once stops and reverts; twice ends at once and says what is left, and which guardian reverts it. */
export const suiteCommand: CommandBody = async invocation => {
  const { globals, options } = invocation;
  const paths = invocation.args[0] as string[];
  const resumed = typeof options.resume === 'string' ? options.resume : undefined;
  if (paths.length > 0 === (resumed !== undefined))
    throw new CommandFailure(
      `expected files or folders of experiments, or --resume with the id of a suite; found ${resumed === undefined ? 'neither' : 'both'}`,
    );
  const asked = resumed === undefined ? readOptions(invocation) : undefined;
  return withCluster(globals, async (api, runtime) => {
    const interrupt = listenForInterrupt();
    const locks = locksFor(runtime, api);
    const engine = engineFor(runtime, api, { guard: guardFor(runtime, api), locks });
    try {
      const order =
        asked === undefined ? await orderAgain(resumed as string, engine, api, runtime) : newOrder(asked, runtime);
      const { settings } = order;
      const watching = watchingDependants(engine, modelsOrFail(settings.knowledge ?? []));
      if (!settings.dryRun) await consent(invocation, order, api, runtime, interrupt.signal);
      const screen = suiteScreen(globals, order, {
        speed: runtime.options.speed ?? 1,
        now: () => api.serverTime().now,
      });
      return await withPodResult(options.results, { api, runtime, engine: watching }, async kept => {
        const running = runSuiteHere(
          { runtime, api, engine: kept.engine, locks },
          {
            ...order,
            ...(order.isAgain ? { again: { done: order.done } } : {}),
            emit: event => {
              screen.onEvent(event);
              addToPodResult(kept, event, order);
            },
            signal: interrupt.signal,
          },
        );
        const result = await Promise.race([running, secondRequest(interrupt, screen)]);
        screen.end(result === undefined);
        if (result === undefined) {
          running.catch(() => undefined);
          return leave(screen, order.suite);
        }
        show(invocation, order, result);
        return result.exitCode as ExitCode;
      });
    } finally {
      interrupt.dispose();
    }
  });
};

/** Writes an event of the suite into the result in the cluster, with the events of its runs as lines. */
function addToPodResult(kept: PodResult, event: SuiteEvent, { all, entries }: Order): void {
  const recoveryTimeoutMs = (key: string) =>
    entries.find(entry => entry.key === key)?.loaded.experiment.spec.hypothesis.recoveryTimeoutMs ?? 0;
  const says =
    event.event === 'run'
      ? eventLine(event.of, { experiment: event.key, recoveryTimeoutMs: recoveryTimeoutMs(event.key) })
      : suiteLine(event, { total: all.length, speed: 1 });
  kept.addLine(suiteJson(event), says);
  if (event.event === 'not-run') kept.notRun(event.key, event.says);
}

/** What the command line asks for; parsed before a connection is made. */
function readOptions({ globals, args, options }: Invocation): { settings: SuiteSettings; due: LoadedExperiment[] } {
  const set = (options.set as string[] | undefined) ?? [];
  const maxTier = wholeNumber(options.maxTier, 'max-tier', 0, 6);
  const all = suiteFiles(args[0] as string[], { namespace: globals.namespace, set });
  const knowledge = (options.knowledge as string[] | undefined) ?? [];
  modelsOrFail(knowledge);
  const due = all.filter(({ experiment }) => maxTier === undefined || experiment.spec.tier <= maxTier);
  if (due.length < all.length)
    printNotice(`${all.length - due.length} of ${all.length} left out: their tier is above ${maxTier}`);
  return {
    due,
    settings: {
      ...SUITE_DEFAULTS,
      ...given('parallel', wholeNumber(options.parallel, 'parallel', 1, 100)),
      ...given('rounds', wholeNumber(options.repeat, 'repeat', 1, MOST_ROUNDS)),
      failFast: options.failFast === true,
      dryRun: options.dryRun === true || globals.readOnly === true,
      set,
      ...(knowledge.length === 0 ? {} : { knowledge: knowledge.map(path => resolve(path)) }),
      ...(globals.namespace === undefined ? {} : { namespace: globals.namespace }),
      ...given('gateMs', durationOption(options.gate, 'gate')),
      ...given('soakMs', durationOption(options.soak, 'soak')),
      ...given('timeoutMs', durationOption(options.timeout, 'timeout')),
    },
  };
}

const given = <K extends keyof SuiteSettings>(name: K, value: number | undefined): Partial<Record<K, number>> =>
  value === undefined ? {} : ({ [name]: value } as Record<K, number>);

function newOrder({ settings, due }: ReturnType<typeof readOptions>, runtime: Runtime): Order {
  const entries = suiteEntries(due, settings.rounds);
  return {
    suite: newSuiteId(runtime),
    settings: { ...settings, dryRun: settings.dryRun || runtime.config.readOnly },
    entries,
    all: journalEntries(entries),
    done: new Map(),
    isAgain: false,
  };
}

/** The rest of an earlier suite. What its dead runs left in the cluster is reverted first. */
async function orderAgain(suite: string, engine: Engine, api: Api, runtime: Runtime): Promise<Order> {
  const history = await historyOf(suite, runtime);
  const here = { clusterUid: await engine.clusterUid(), host: runtime.host, context: api.identity.context };
  const no = whyNotResumable(history, here, isAlive);
  if (no !== undefined) throw new CommandFailure(no);
  const { settings } = history;
  const rest = missingEntries(history, entry => loadOrFail(entry.file, settings));
  if (typeof rest === 'string') throw new CommandFailure(rest);
  const reverted = await revertDeadRuns(engine, history);
  for (const line of reverted.lines) printNotice(line);
  if (reverted.remaining > 0)
    throw new CommandFailure(
      `expected nothing left of the suite's dead runs, found ${reverted.remaining} not proven restored: run mayday revert --all; nothing more was injected`,
      EXIT.residue,
    );
  return { suite, settings, ...rest, all: history.entries, isAgain: true };
}

async function historyOf(suite: string, runtime: Runtime): Promise<SuiteHistory> {
  const { state } = runtime.paths;
  const isPlain = /^[0-9a-f-]+$/.test(suite);
  const text = isPlain ? await filesUnder(state).read(suiteJournalPath(state, suite)) : undefined;
  const history = text === undefined ? undefined : readSuite(text);
  if (history === undefined)
    throw new CommandFailure(
      `expected the id of a suite of this machine, found ${suite}: \`mayday report\` lists them`,
    );
  return history;
}

function consent(
  invocation: Invocation,
  { entries }: Order,
  api: Api,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<void> {
  const { answers, guarded } = answered(invocation, api, runtime);
  const each = [...new Map(entries.map(({ loaded }) => [loaded.path, loaded])).values()];
  return askSuiteConsent(each, answers, guarded, signal);
}

/** Resolves at the second request to stop; at the first it prints what happens. */
function secondRequest(interrupt: Interrupt, screen: SuiteScreen): Promise<undefined> {
  return new Promise(resolve => {
    interrupt.onRequest(count => {
      if (count === 1) screen.printNotice('stopping: what runs is reverted and checked; again to leave at once');
      else resolve(undefined);
    });
  });
}

/** Ends without waiting: faults that are in the cluster are left to their guardians. */
function leave(screen: SuiteScreen, suite: string): ExitCode {
  const left = screen.faultsIn();
  for (const line of left) printNotice(line);
  printNotice(
    left.length === 0
      ? `left at once; no fault was in. \`mayday suite --resume ${suite}\` goes on`
      : `left at once with ${left.length} not proven restored: \`mayday revert --all\` reverts everything now`,
  );
  return left.length === 0 ? EXIT.aborted : EXIT.residue;
}

function show({ globals }: Invocation, { suite, all }: Order, result: SuiteResult): void {
  if (globals.output === 'jsonl') return;
  const runs = all.map(({ key, path, type, operator, tier }) => {
    const end = result.done.get(key);
    const notRun = result.notRun.get(key);
    return { key, path, type, operator, tier, ...(end ?? {}), ...(notRun === undefined ? {} : { notRun }) };
  });
  if (globals.output !== 'text') {
    print({ suite, exitCode: result.exitCode, says: result.says, runs }, globals, () => []);
    return;
  }
  printNotice(`\`mayday report ${suite}\` says more`);
  if (result.notRun.size > 0) printNotice(`\`mayday suite --resume ${suite}\` runs what is missing`);
}
