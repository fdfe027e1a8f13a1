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

/** Sends notices about the guardian's reverts. Does not wait for them. */
export interface GuardianNotices {
  /** Called with the result of each attempt. */
  tried(run: string, reverted: RunReverted): void;
  /** Called after several failed attempts, so that people are notified; the guardian continues. */
  stillIn(guarded: GuardedRun): void;
  ended(guarded: GuardedRun, end: RetryEnd): void;
}

/** The notices of a guardian at this place, given to `send`. */
export function guardianNotices(send: (notice: Notice) => void, place: Place): GuardianNotices {
  const last = new Map<string, RunReverted>();
  const noticesAbout = (
    { run, experiment, type }: GuardedRun,
    stage: string,
    outcome: { remaining: number; receipts: readonly Receipt[]; isAllBlind: boolean },
  ) => {
    const about = { ...place, run, at: Math.round(place.now()), who: 'the guardian', experiment, type, stage };
    return revertNotices(outcome, about);
  };
  const outcomeOf = (run: string, isOut: boolean) => {
    const { receipts = [], remaining = 0 } = last.get(run) ?? {};
    // After an attempt that threw, it is not known what remains.
    return { receipts, remaining: isOut ? 0 : Math.max(remaining, 1), isAllBlind: false };
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

/** Sends notices about a round of the reaper: the reverted injections, and, once each, those that it could not revert. */
export function reaperNotices(send: (notice: Notice) => void, place: Place): (receipts: readonly Receipt[]) => void {
  const lastOutcomes = new Map<string, string>();
  return receipts => {
    const toNotify = receipts.filter(({ id, outcome, verified }) => verified || lastOutcomes.get(id) !== outcome);
    for (const { id, outcome, verified } of receipts)
      verified ? lastOutcomes.delete(id) : lastOutcomes.set(id, outcome);
    const at = Math.round(place.now());
    const remaining = toNotify.filter(({ verified }) => !verified).length;
    const about = { ...place, run: `reaper-${at}`, at, who: 'the reaper', stage: 'reaper' };
    for (const notice of revertNotices({ receipts: toNotify, remaining, isAllBlind: false }, about)) send(notice);
  };
}
