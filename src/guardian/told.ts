import type { Receipt } from '../injection/write/receipt.ts';
import { type Notice, revertNotices } from '../notify/notice.ts';
import type { RunReverted } from '../revert/run-writes.ts';
import type { GuardedRun } from './guarded-run.ts';
import type { RetryEnd } from './revert-retry.ts';

/** Where a guardian or a reaper works, and as whom. */
export interface Place {
  context: string;
  user: string;
  host: string;
  /** Milliseconds since the epoch, server time. */
  now(): number;
}

/** What others are told of what a guardian did. Nothing here is waited for. */
export interface GuardianTeller {
  /** What a try gave. */
  tried(run: string, reverted: RunReverted): void;
  /** So many tries did not help: it goes on, and whoever can help should know. */
  stillIn(guarded: GuardedRun): void;
  ended(guarded: GuardedRun, end: RetryEnd): void;
}

export function guardianTeller(tell: (notice: Notice) => void, place: Place): GuardianTeller {
  const last = new Map<string, RunReverted>();
  const say = (
    { run, experiment, type }: GuardedRun,
    stage: string,
    outcome: { remaining: number; receipts: readonly Receipt[]; isUnseen: boolean },
  ) => {
    const about = { ...place, run, at: Math.round(place.now()), who: 'the guardian', experiment, type, stage };
    return revertNotices(outcome, about);
  };
  const outcomeOf = (run: string, isOut: boolean) => {
    const { receipts = [], remaining = 0 } = last.get(run) ?? {};
    // A try that broke left nothing to read from: what remains is not known.
    return { receipts, remaining: isOut ? 0 : Math.max(remaining, 1), isUnseen: false };
  };
  return {
    tried: (run, reverted) => void last.set(run, reverted),
    stillIn: guarded => {
      for (const notice of say(guarded, 'still-in', outcomeOf(guarded.run, false)))
        if (notice.kind === 'residue') tell(notice);
    },
    ended(guarded, end) {
      for (const notice of say(guarded, 'guardian', outcomeOf(guarded.run, end === 'reverted'))) tell(notice);
      last.delete(guarded.run);
    },
  };
}

/** What others are told of a round of the reaper: what it reverted, and once what it could not. */
export function reaperTeller(tell: (notice: Notice) => void, place: Place): (receipts: readonly Receipt[]) => void {
  const told = new Map<string, string>();
  return receipts => {
    const fresh = receipts.filter(({ id, outcome, verified }) => verified || told.get(id) !== outcome);
    for (const { id, outcome, verified } of receipts) verified ? told.delete(id) : told.set(id, outcome);
    const at = Math.round(place.now());
    const remaining = fresh.filter(({ verified }) => !verified).length;
    const about = { ...place, run: `reaper-${at}`, at, who: 'the reaper', stage: 'reaper' };
    for (const notice of revertNotices({ receipts: fresh, remaining, isUnseen: false }, about)) tell(notice);
  };
}
