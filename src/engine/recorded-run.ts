import type { LoadedExperiment } from '../experiment/types.ts';
import { faultOf } from '../faults/registry.ts';
import { type Journal, JournalUnwritable } from '../injection/write/journal.ts';
import { type OpenJournal, openJournal, type RunHeader } from '../records/journal.ts';
import { keepRecord, makeRecord } from '../records/run-record.ts';
import { notRestored, overwrittenRun, type Prefetched, prefetchRun, revertRun } from '../revert/run-writes.ts';
import { signedPlan } from '../revert/trust/sign-plan.ts';
import type { RunDeps, RunOptions } from '../run/deps.ts';
import type { RunEvent, RunEventBody } from '../run/event.ts';
import { runExperiment } from '../run/lifecycle.ts';
import type { RunResult } from '../run/verdict/result.ts';
import type { KeyRead } from '../safety/record-key.ts';
import type { EngineDeps } from './deps.ts';
import { guardRun, needsGuard, type RunGuard } from './guard.ts';
import { type Identity, withExperiment } from './identity.ts';

export interface FinishedRun {
  result: RunResult;
  /** Path of the final record; undefined if it could not be written. */
  recordPath?: string;
}

/** Runs an experiment with its guardian, and writes its journal and its record to the disk. */
export async function runRecorded(
  deps: EngineDeps,
  identity: Identity,
  loaded: LoadedExperiment,
  options: Omit<RunOptions, 'run'>,
): Promise<FinishedRun> {
  const { files, stateDir } = deps;
  const head = withExperiment(await identity.header(), loaded);
  const journal = await openJournal(files, stateDir, head).catch((error: unknown) => {
    throw new JournalUnwritable(error);
  });
  const events = createEvents(deps, head, journal, options.emit);
  const guarded = guardOf(deps, { head, journal, loaded, options }, events);
  let residue: number | undefined;
  try {
    const runDeps = runDepsOf(deps, { head, journal, loaded, options }, guarded);
    const result = await runExperiment(runDeps, loaded, { ...options, run: head.run, emit: events.emit });
    residue = result.residue;
    const record = makeRecord(head, loaded, result, events.all);
    const recordPath = await keepRecord(files, stateDir, record).catch(() => undefined);
    return { result, ...(recordPath === undefined ? {} : { recordPath }) };
  } finally {
    guarded?.over(residue);
    await deps.locks?.release(head.run);
    await journal.close();
  }
}

/** A run that has begun: its header, its open journal, the experiment and the options. */
interface Begun {
  head: RunHeader;
  journal: OpenJournal;
  loaded: LoadedExperiment;
  options: Omit<RunOptions, 'run'>;
}

/** The events of a run, and their listeners. */
interface Events {
  all: readonly RunEvent[];
  emit(event: RunEvent): void;
  /** Emits an event of the engine, and writes it to the journal. */
  add(body: RunEventBody): void;
  /** Gets every event before the other listeners. */
  guarded?: RunGuard;
}

function createEvents(
  { api, notifier }: EngineDeps,
  head: RunHeader,
  journal: OpenJournal,
  emitted: RunOptions['emit'],
): Events {
  const all: RunEvent[] = [];
  const events: Events = {
    all,
    emit(event) {
      all.push(event);
      events.guarded?.onRunEvent(event);
      emitted(event);
      notifier?.onRunEvent(event, head, text => {
        // The verdict must be the last event of a run.
        if (event.event !== 'verdict') events.add({ event: 'note', text });
      });
    },
    add(body) {
      const event = { at: Math.round(api.serverTime().now), run: head.run, ...body } as RunEvent;
      journal.event(event).catch(() => undefined);
      events.emit(event);
    },
  };
  return events;
}

/** Connects the run with the guardian, if the run may leave a fault that another process could revert. */
function guardOf(
  { api, clock, guard, locks }: EngineDeps,
  { head, journal, loaded, options }: Begun,
  events: Events,
): RunGuard | undefined {
  if (guard === undefined || !needsGuard(loaded, options)) return undefined;
  events.guarded = guardRun(
    guard,
    journal,
    { id: head.run, loaded, options, lock: () => locks?.held(head.run) },
    { clock, serverNow: () => api.serverTime().now, emit: events.add },
  );
  return events.guarded;
}

/** A journal whose errors are ignored, because a disk error must not prevent a restore. */
const ignoringErrors = (journal: Journal): Journal => ({
  append: record => journal.append(record).catch(() => undefined),
});

function runDepsOf(
  deps: EngineDeps,
  { head, journal, loaded, options }: Begun,
  guarded: RunGuard | undefined,
): RunDeps {
  const { api, clock, locks } = deps;
  const reverting = { api: api.urgent ?? api, clock, faultOf, journal: ignoringErrors(journal) };
  const isDry = options.dryRun === true || loaded.experiment.spec.blastRadius.dryRun;
  let ahead: Prefetched | undefined;
  let key: Promise<KeyRead | undefined> | undefined;
  return {
    api,
    clock,
    random: deps.random,
    who: { user: api.identity.user, host: deps.host },
    fault: faultOf,
    gates: deps.gates,
    ...(guarded === undefined ? {} : { startGuardian: guarded.ready }),
    ...(locks === undefined ? {} : { takeLock: () => (isDry ? locks.look(loaded) : locks.take(loaded, head.run)) }),
    journal: guarded?.journal ?? journal,
    prefetch: request => {
      void guarded?.reverting();
      // An error here happens again in the revert, which reports it.
      prefetchRun(reverting, request).then(
        seen => {
          ahead = seen;
        },
        () => undefined,
      );
    },
    async sign(plan) {
      key ??= deps.recordKey?.make() ?? Promise.resolve(undefined);
      const found = (await key)?.key;
      return found === undefined ? plan : signedPlan(found, plan);
    },
    notRestored: request => notRestored({ api, clock, faultOf, journal }, request),
    overwritten: (request, receipts) => overwrittenRun(reverting, request, receipts),
    revert: async request => {
      await guarded?.reverting();
      const reverted = await revertRun(reverting, { ...request, key: (await key)?.key }, ahead);
      // Everything is proven restored, so nothing is left to guard.
      if (reverted.remaining === 0) guarded?.over(0);
      return reverted;
    },
  };
}
