import type { Receipt } from '../injection/write/receipt.ts';
import { type Notice, revertNotices } from '../notify/notice.ts';
import type { RunReverted } from '../revert/run-writes.ts';
import type { GuardedRun } from './guarded-run.ts';
import type { RetryEnd } from './revert-retry.ts';

/** The cluster and the machine of a guardian or reaper, for notices. */
export interface Place {
  context: string;
  user: string;
  host: string;
  /** Milliseconds since the epoch, server time. */
  now(): number;
}

/** Sends notices of what a guardian did. Does not wait for them. */
export interface GuardianNotices {
  /** Called with the result of each attempt. */
  tried(run: string, reverted: RunReverted): void;
  /** Called after this many failed attempts, so that people who can help are told; the guardian goes on. */
  stillIn(guarded: GuardedRun): void;
  ended(guarded: GuardedRun, end: RetryEnd): void;
}

export function guardianNotices(send: (notice: Notice) => void, place: Place): GuardianNotices {
  const last = new Map<string, RunReverted>();
  const noticesAbout = (
    { run, experiment, type }: GuardedRun,
    stage: string,
    outcome: { remaining: number; receipts: readonly Receipt[]; isUnseen: boolean },
  ) => {
    const about = { ...place, run, at: Math.round(place.now()), who: 'the guardian', experiment, type, stage };
    return revertNotices(outcome, about);
  };
  const outcomeOf = (run: string, isOut: boolean) => {
    const { receipts = [], remaining = 0 } = last.get(run) ?? {};
    // After an attempt that threw, it is not known what remains.
    return { receipts, remaining: isOut ? 0 : Math.max(remaining, 1), isUnseen: false };
  };
  return {
    tried: (run, reverted) => void last.set(run, reverted),
    stillIn: guarded => {
      for (const notice of noticesAbout(guarded, 'still-in', outcomeOf(guarded.run, false)))
        if (notice.kind === 'residue') send(notice);
    },
    ended(guarded, end) {
      for (const notice of noticesAbout(guarded, 'guardian', outcomeOf(guarded.run, end === 'reverted'))) send(notice);
      last.delete(guarded.run);
    },
  };
}

/** Sends notices of a round of the reaper: what it reverted, and, once each, what it could not revert. */
export function reaperNotices(send: (notice: Notice) => void, place: Place): (receipts: readonly Receipt[]) => void {
  const told = new Map<string, string>();
  return receipts => {
    const fresh = receipts.filter(({ id, outcome, verified }) => verified || told.get(id) !== outcome);
    for (const { id, outcome, verified } of receipts) verified ? told.delete(id) : told.set(id, outcome);
    const at = Math.round(place.now());
    const remaining = fresh.filter(({ verified }) => !verified).length;
    const about = { ...place, run: `reaper-${at}`, at, who: 'the reaper', stage: 'reaper' };
    for (const notice of revertNotices({ receipts: fresh, remaining, isUnseen: false }, about)) send(notice);
  };
}
