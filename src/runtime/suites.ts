import type { Engine } from '../engine/engine.ts';
import type { Locks } from '../engine/operator-lock.ts';
import { filesUnder } from '../host/files.ts';
import type { Api } from '../kube/client/api.ts';
import { makeRunId } from '../records/run-id.ts';
import type { EntryEnd, SuiteEvent } from '../suite/event.ts';
import { journalEntries, openSuiteJournal, type SuiteHeader, type SuiteSettings } from '../suite/journal.ts';
import type { SuiteEntry } from '../suite/order.ts';
import { readiness } from '../suite/readiness.ts';
import { runSuite, type SuiteResult } from '../suite/run-suite.ts';
import { processFacts } from './process-facts.ts';
import type { Runtime } from './runtime.ts';

/** A suite that is about to run: a new one, or with `again` one that an earlier process began. */
export interface SuiteOrder {
  suite: string;
  entries: readonly SuiteEntry[];
  settings: SuiteSettings;
  again?: { done: ReadonlyMap<string, EntryEnd> };
  emit(event: SuiteEvent): void;
  signal: AbortSignal;
}

/** An id for a suite that begins now. */
export const newSuiteId = (runtime: Runtime): string => makeRunId(runtime.realClock.now(), runtime.random);

/** Runs a suite with this machine's disk and clock, one journal for all of it. */
export async function runSuiteHere(
  { runtime, api, engine, locks }: { runtime: Runtime; api: Api; engine: Engine; locks: Locks | undefined },
  order: SuiteOrder,
): Promise<SuiteResult> {
  const { suite, entries, settings, again, emit, signal } = order;
  const files = filesUnder(runtime.paths.state);
  const journal = await openSuiteJournal(files, runtime.paths.state, suite, again !== undefined);
  const header = await headerOf(runtime, api, engine, suite);
  await journal.append(
    again === undefined
      ? { entry: 'begin', v: 1, entries: journalEntries(entries), settings, ...header }
      : { entry: 'resume', ...header },
  );
  try {
    return await runSuite(
      {
        run: (loaded, options) => engine.run(loaded, options),
        ready: (loaded, stop) => readiness(api, loaded, { lock: locks && (() => locks.look(loaded)), signal: stop }),
        clock: runtime.clock,
        now: () => api.serverTime().now,
        journal,
        emit,
      },
      { suite, entries, settings, signal, ...(again === undefined ? {} : { done: again.done }) },
    );
  } finally {
    await journal.close().catch(() => undefined);
  }
}

async function headerOf(runtime: Runtime, api: Api, engine: Engine, suite: string): Promise<SuiteHeader> {
  return {
    suite,
    startedAt: runtime.realClock.now(),
    ...processFacts(runtime),
    context: api.identity.context,
    server: api.identity.server,
    user: api.identity.user,
    clusterUid: await engine.clusterUid(),
  };
}
