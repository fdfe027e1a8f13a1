import type { LoadedExperiment } from '../experiment/types.ts';
import { faultOf } from '../faults/registry.ts';
import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import { type Journal, JournalUnwritable } from '../injection/write/journal.ts';
import type { Api } from '../kube/client/api.ts';
import { batchedReads } from '../kube/client/lists/batched-reads.ts';
import { revertNotices } from '../notify/notice.ts';
import type { Notifier } from '../notify/notifier.ts';
import { injectedHere, isInjectedHere } from '../records/injected-here.ts';
import { endJournal, openJournal, type RunHeader } from '../records/journal.ts';
import { openRevertRecord, revertJournalPath } from '../records/revert-record.ts';
import { makeRunId } from '../records/run-id.ts';
import { keepRecord, makeRecord } from '../records/run-record.ts';
import {
  type GuardianWork,
  guardianWork,
  type IsAlive,
  journals,
  type Unfinished,
  unfinished,
} from '../records/unfinished.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import {
  leftOfWrites,
  notRestored,
  overwrittenRun,
  type Prefetched,
  prefetchRun,
  revertRun,
} from '../revert/run-writes.ts';
import { createDecisions } from '../revert/scan/decisions.ts';
import { type ScanOptions, type ScanResult, scan } from '../revert/scan/scan.ts';
import { type StopOptions, stopEverything } from '../revert/stop/stop-everything.ts';
import { isOfExperiment, readExperiments } from '../revert/trust/experiments.ts';
import { type Trust, trustOf } from '../revert/trust/judge.ts';
import { signedPlan } from '../revert/trust/sign-plan.ts';
import type { RunDeps, RunOptions } from '../run/deps.ts';
import type { RunEvent, RunEventBody } from '../run/event.ts';
import { runExperiment } from '../run/lifecycle.ts';
import type { RunResult } from '../run/verdict/result.ts';
import type { KeyRead } from '../safety/record-key.ts';
import { messageOf } from '../text/message-of.ts';
import { type Guard, guardRun, needsGuard } from './guard.ts';
import type { Locks } from './operator-lock.ts';

/** Everything the engine needs from outside; it uses no globals. */
export interface EngineDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  files: Files;
  /** Folder of journals and records. */
  stateDir: string;
  host: string;
  pid: number;
  processStart?: string;
  version: string;
  isAlive: IsAlive;
  gates: RunDeps['gates'];
  /** Locks the operator under test during a run, against other injectors; without it no lock is taken. */
  locks?: Locks;
  /** The guardian: reverts what this process no longer can. Without it nobody else does. */
  guard?: Guard;
  /** Sends notices about runs; without it none are sent. */
  notifier?: Pick<Notifier, 'onRunEvent' | 'send'>;
  /** The key that signs records. Without it they are not signed, and more restores need a person's confirmation. */
  recordKey?: RecordKey;
}

export interface RecordKey {
  read(): Promise<KeyRead>;
  /** Creates the key if it does not exist and we may create it. */
  make(): Promise<KeyRead>;
}

export interface FinishedRun {
  result: RunResult;
  /** Path of the final record; undefined when it could not be written. */
  recordPath?: string;
}

/** A revert with where its receipts are kept; no path where nothing was to be written, `unkept` where the disk refused. */
export interface Reverted extends RevertResult {
  recordPath?: string;
  unkept?: string;
  /** Why journals of this machine were not believed. */
  disbelieved?: string;
}

/** What is trusted, and why existing journals are not. */
type TrustHere = Trust & { disbelieved?: string };

/** One connection's engine: run, scan, revert, and find what died in the middle. */
export interface Engine {
  run(loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun>;
  scan(options?: ScanOptions): Promise<ScanResult>;
  /** Reverts, and stops what `options` names of the framework's experiments and of other tools' faults. */
  revert(findings: readonly FoundInjection[], options?: StopOptions): Promise<Reverted>;
  /**
   * Everything that makes an undo record trusted here: the key, the journals of this machine, the framework's own
   * experiments.
   */
  trust(): Promise<TrustHere>;
  /** Runs of this machine against this cluster that died, and of which something is, or may be, still in the cluster. */
  unfinished(): Promise<Unfinished[]>;
  /** Runs that died here and that a guardian finished, since the last run was started. */
  guardianWork(): Promise<GuardianWork[]>;
  /** kube-system's uid, or the server's address where that may not be read. */
  clusterUid(): Promise<string>;
}

/** A journal that a revert does not wait for: a disk error must not prevent a restore. */
const lenient = (journal: Journal): Journal => ({ append: record => journal.append(record).catch(() => undefined) });
const NO_JOURNAL: Journal = { append: () => Promise.resolve() };

export function createEngine(deps: EngineDeps): Engine {
  const { api, clock, files, stateDir } = deps;
  const decisions = createDecisions(clock);
  let uid: Promise<string> | undefined;
  const clusterUid = () => {
    uid ??= api
      .get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' })
      .then(got => (got.ok ? (got.value.metadata.uid ?? '') : `server ${api.identity.server}`));
    return uid;
  };

  async function whoAndWhere(): Promise<Omit<RunHeader, 'experiment'>> {
    const startedAt = clock.now();
    return {
      run: makeRunId(startedAt, deps.random),
      startedAt,
      pid: deps.pid,
      ...(deps.processStart === undefined ? {} : { processStart: deps.processStart }),
      host: deps.host,
      version: deps.version,
      context: api.identity.context,
      server: api.identity.server,
      user: api.identity.user,
      clusterUid: await clusterUid(),
    };
  }

  async function header(loaded: LoadedExperiment): Promise<RunHeader> {
    const { metadata, spec } = loaded.experiment;
    return {
      ...(await whoAndWhere()),
      experiment: { name: metadata.name, path: loaded.path, sha256: loaded.sha256, type: spec.injection.type },
    };
  }

  const journalsHere = async () => journals(files, stateDir, { clusterUid: await clusterUid(), host: deps.host });

  async function trust(): Promise<TrustHere> {
    const [read, kept, experiments] = await Promise.all([
      deps.recordKey?.read(),
      journalsHere().catch((error: unknown) => ({ read: [], disbelieved: [messageOf(error)] })),
      readExperiments(api).catch(() => []),
    ]);
    const journalled = injectedHere(kept.read);
    const [first, ...more] = kept.disbelieved;
    return {
      ...(read === undefined ? {} : trustOf(read)),
      ...(first === undefined
        ? {}
        : { disbelieved: more.length === 0 ? first : `${first} (and ${more.length} more like it)` }),
      corroborates(finding) {
        if (isInjectedHere(finding, journalled)) return 'journal';
        return isOfExperiment(finding, experiments) ? 'experiment' : undefined;
      },
    };
  }

  async function revert(findings: readonly FoundInjection[], given: StopOptions = {}): Promise<Reverted> {
    const stopping = (given.experiments?.length ?? 0) + (given.others?.length ?? 0);
    const isNothing = findings.length + stopping === 0 && given.later === undefined;
    if (isNothing) return stopEverything({ api, clock, faultOf, journal: NO_JOURNAL }, findings, given);
    const { disbelieved, ...here } = await trust();
    const told = disbelieved === undefined ? {} : { disbelieved };
    const options = { ...given, trust: { ...here, ...given.trust } };
    if (options.dryRun)
      return { ...(await stopEverything({ api, clock, faultOf, journal: NO_JOURNAL }, findings, options)), ...told };
    const head = await whoAndWhere();
    const record = openRevertRecord(files, stateDir, {
      ...head,
      findings: findings.map(({ id, type, object, tool }) => ({ id, type, object, tool })),
      force: options.force === true,
      ...(options.stripMarks ? { stripMarks: true } : {}),
      ...(options.choices ? { choices: Object.fromEntries(options.choices) } : {}),
    });
    const result = await stopEverything(
      { api: batchedReads(api.urgent ?? api), clock, faultOf, journal: record, decisions },
      findings,
      {
        ...options,
        emit: event => {
          if (event.event === 'receipt') record.receipt(event.receipt, event.final);
          if (event.event === 'stopped') record.stopped(event.stop);
          options.emit?.(event);
        },
      },
    );
    record.end(result);
    const at = Math.round(api.serverTime().now);
    for (const notice of revertNotices(result, { ...head, at })) deps.notifier?.send(notice);
    const unkept = await record.close();
    return {
      ...result,
      recordPath: revertJournalPath(stateDir, head.run),
      ...(unkept === undefined ? {} : { unkept }),
      ...told,
    };
  }

  /** The runs whose writes are, or may be, still in the cluster; the journals of the others are ended. */
  async function stillOpen(died: Unfinished[]): Promise<Unfinished[]> {
    const looked = await Promise.all(
      died.map(async one => ({
        ...one,
        left: await leftOfWrites({ api, clock, faultOf, journal: NO_JOURNAL }, one),
      })),
    );
    const isOpen = ({ left }: (typeof looked)[number]): boolean => left.marked || left.unmarked.length > 0;
    for (const one of looked) if (!isOpen(one)) await endJournal(files, stateDir, one.run).catch(() => undefined);
    return looked.filter(isOpen).map(({ left, ...one }) => (left.unmarked.length === 0 ? one : { ...one, ...left }));
  }

  return {
    clusterUid,
    trust,
    scan: options => scan({ api: batchedReads(api), clock, faultOf, decisions }, options),
    revert,
    unfinished: async () =>
      stillOpen(await unfinished(files, stateDir, { clusterUid: await clusterUid(), host: deps.host }, deps.isAlive)),
    guardianWork: async () => guardianWork(files, stateDir, { clusterUid: await clusterUid(), host: deps.host }),
    async run(loaded, options) {
      const head = await header(loaded);
      const journal = await openJournal(files, stateDir, head).catch((error: unknown) => {
        throw new JournalUnwritable(error);
      });
      const events: RunEvent[] = [];
      const emit = (event: RunEvent) => {
        events.push(event);
        guarded?.onRunEvent(event);
        options.emit(event);
        deps.notifier?.onRunEvent(event, head, text => {
          // The verdict is the last word of a run.
          if (event.event !== 'verdict') emitBody({ event: 'note', text });
        });
      };
      const emitBody = (body: RunEventBody) => {
        const event = { at: Math.round(api.serverTime().now), run: head.run, ...body } as RunEvent;
        journal.event(event).catch(() => undefined);
        emit(event);
      };
      const guarded =
        deps.guard && needsGuard(loaded, options)
          ? guardRun(
              deps.guard,
              journal,
              { id: head.run, loaded, options, lock: () => deps.locks?.held(head.run) },
              { clock, serverNow: () => api.serverTime().now, emit: emitBody },
            )
          : undefined;
      const reverting = { api: api.urgent ?? api, clock, faultOf, journal: lenient(journal) };
      let ahead: Prefetched | undefined;
      let residue: number | undefined;
      let key: Promise<KeyRead | undefined> | undefined;
      const { locks } = deps;
      const isDry = options.dryRun === true || loaded.experiment.spec.blastRadius.dryRun;
      const runDeps: RunDeps = {
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
          // Proven restored: whatever happens in the rest of the run, there is nothing left to guard.
          if (reverted.remaining === 0) guarded?.over(0);
          return reverted;
        },
      };
      try {
        const result = await runExperiment(runDeps, loaded, { ...options, run: head.run, emit });
        residue = result.residue;
        const recordPath = await keepRecord(files, stateDir, makeRecord(head, loaded, result, events)).catch(
          () => undefined,
        );
        return { result, ...(recordPath === undefined ? {} : { recordPath }) };
      } finally {
        guarded?.over(residue);
        await deps.locks?.release(head.run);
        await journal.close();
      }
    },
  };
}
