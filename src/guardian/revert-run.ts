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

/** What reverting a run needs. */
export interface RunReverterDeps {
  api: Api;
  clock: Clock;
  files: Files;
  /** Folder of the journals: the guardian finishes the journal of the run whose process died. */
  stateDir: string;
  /** Reads the key by which the run signed its records; not set if it may not be read. */
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

/** Writes to the journal without waiting, because a slow disk must not delay a revert. */
const notWaiting = (journal: OpenJournal | undefined): Journal => ({
  append(record) {
    journal?.append(record).catch(() => undefined);
    return Promise.resolve();
  },
});

/** A reverter for the runs of one owner. */
export function createRunReverter({ api, clock, files, stateDir, recordKey }: RunReverterDeps): RunReverter {
  const journals = new Map<string, Promise<OpenJournal | undefined>>();
  const journalOf = (run: string) => {
    const open = journals.get(run) ?? reopenJournal(files, stateDir, run).catch(() => undefined);
    journals.set(run, open);
    return open;
  };

  const locks = new Map<string, { lock: HeldLock; isDone: boolean }>();
  /** Notes the lock of a run; the lock of an operator is released only if all its runs are reverted. */
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
    journal: notWaiting(journal),
    begun,
  });

  const keys = new Map<string, Promise<KeyRead>>();
  /** The prefetched key; read again if there was none, because the first run in a cluster creates the key after its guardian has started. */
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
      await journal?.event({ at, run, event: 'note', text: END_NOTES[end] }).catch(() => undefined);
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

/** The note for the journal of the run whose process died. */
const END_NOTES: Record<RetryEnd, string> = {
  reverted: 'the guardian restored everything and read it back; the process that injected was gone',
  person:
    'the guardian did not restore values that somebody changed since the injection: a person must decide, mayday revert shows both values',
  'told-to-end':
    'the guardian was told to end (SIGTERM) before the cluster let it restore everything: `mayday revert --all` restores what is left',
  'given-up': 'the guardian gave up: in all that time the cluster did not let it restore everything',
};
