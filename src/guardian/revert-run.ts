import type { HeldLock } from '../engine/operator-lock.ts';
import { faultOf } from '../faults/registry.ts';
import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import type { Journal } from '../injection/write/journal.ts';
import { withUpdated } from '../injection/write/receipt.ts';
import type { Api } from '../kube/client/api.ts';
import { type OpenJournal, reopenJournal } from '../records/journal.ts';
import type { RevertDeps } from '../revert/deps.ts';
import { overwrittenReceipts, SECOND_COMPARISON_MS } from '../revert/read-back/still-held.ts';
import { type Prefetched, prefetchRun, type RunReverted, revertRun } from '../revert/run-writes.ts';
import { releaseLock } from '../safety/lock.ts';
import type { KeyRead } from '../safety/record-key.ts';
import type { GuardedRun } from './guarded-run.ts';
import type { RetryEnd } from './revert-retry.ts';

export interface RunReverterDeps {
  api: Api;
  clock: Clock;
  files: Files;
  /** Folder of the journals: the guardian finishes the one that the dead run began. */
  stateDir: string;
  /** The key by which the run signed its records; undefined where it may not be read. */
  recordKey?: () => Promise<KeyRead>;
}

/** Reverts a run as its own process would have, and finishes its journal. */
export interface RunReverter {
  /** Opens the run's journal ahead of time. */
  prepare(run: string): void;
  /** Prefetches what the revert needs. */
  prefetch(guarded: GuardedRun): void;
  revert(guarded: GuardedRun): Promise<RunReverted>;
  ended(guarded: GuardedRun, end: RetryEnd): Promise<void>;
  /** Call when the owner is gone and nothing is left to guard: releases the locks of reverted runs. */
  unlock(): Promise<void>;
}

/** Writes to the journal without waiting: a slow disk must not delay a revert, and the revert does not need the journal. */
const unhurried = (journal: OpenJournal | undefined): Journal => ({
  append(record) {
    journal?.append(record).catch(() => undefined);
    return Promise.resolve();
  },
});

export function createRunReverter({ api, clock, files, stateDir, recordKey }: RunReverterDeps): RunReverter {
  const journals = new Map<string, Promise<OpenJournal | undefined>>();
  const journalOf = (run: string) => {
    const open = journals.get(run) ?? reopenJournal(files, stateDir, run).catch(() => undefined);
    journals.set(run, open);
    return open;
  };

  const locks = new Map<string, { lock: HeldLock; isDone: boolean }>();
  /** The lock of an operator is kept while one of its runs is not reverted. */
  function noteLock(lock: HeldLock, isDone: boolean): void {
    const { name } = lock.on;
    locks.set(name, { lock, isDone: isDone && (locks.get(name)?.isDone ?? true) });
  }
  const prefetched = new Map<string, Prefetched>();
  const begun: NonNullable<RevertDeps['begun']> = new Map();
  const depsWith = (journal: OpenJournal | undefined): RevertDeps => ({
    api: api.urgent ?? api,
    clock,
    faultOf,
    journal: unhurried(journal),
    begun,
  });

  const keys = new Map<string, Promise<KeyRead>>();
  /** The key that was read ahead; read again where there was none, since the first run of a cluster creates the key after its guardian has started. */
  async function keyFor(run: string): Promise<Uint8Array | undefined> {
    const read = await keys.get(run);
    if (read?.key !== undefined) return read.key;
    const mayBeThere = read === undefined || read.isAbsent === true || read.again !== undefined;
    return mayBeThere ? (await recordKey?.())?.key : undefined;
  }

  return {
    prepare: run => {
      void journalOf(run);
      if (recordKey) keys.set(run, recordKey());
    },
    prefetch: guarded => {
      // An error here happens again in the revert, which reports it.
      prefetchRun(depsWith(undefined), guarded).then(
        read => prefetched.set(guarded.run, read),
        () => undefined,
      );
    },
    async revert({ run, type, written }) {
      const journal = await journalOf(run);
      const deps = depsWith(journal);
      const writes = { run, type, written, retryForMs: 0, key: await keyFor(run) };
      const first = await revertRun(deps, writes, prefetched.get(run));
      const reverted = first.remaining === 0 ? await comparedOnceMore(deps, first) : first;
      for (const receipt of reverted.receipts) journal?.reverted(receipt).catch(() => undefined);
      return reverted;
    },
    async unlock() {
      const free = [...locks.values()].filter(({ isDone }) => isDone);
      await Promise.all(free.map(({ lock }) => releaseLock(api, lock.on, lock.holder)));
    },
    async ended({ run, lock }, end) {
      if (lock) noteLock(lock, end === 'reverted');
      const journal = await journalOf(run);
      journals.delete(run);
      prefetched.delete(run);
      keys.delete(run);
      const at = Math.round(api.serverTime().now);
      await journal?.event({ at, run, event: 'note', text: WORDS[end] }).catch(() => undefined);
      await journal?.endByGuardian({ at, residue: end === 'reverted' ? 0 : 1 }).catch(() => undefined);
      await journal?.close();
    },
  };
}

async function comparedOnceMore(deps: RevertDeps, reverted: RunReverted): Promise<RunReverted> {
  await deps.clock.sleep(SECOND_COMPARISON_MS);
  const since = await overwrittenReceipts(deps, reverted.found, reverted.receipts);
  const remaining = since.filter(({ verified }) => !verified).length;
  return { ...reverted, receipts: withUpdated(reverted.receipts, since), remaining };
}

/** The receipts of a guardian's revert, for the journal of the dead run. */
const WORDS: Record<RetryEnd, string> = {
  reverted: 'the guardian put everything back and read it again; the process that injected was gone',
  person:
    'the guardian left what somebody changed since the injection: a person must decide, mayday revert shows both values',
  'given-up': 'the guardian gave up: the cluster did not let it put everything back in all that time',
};
