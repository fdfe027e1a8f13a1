import type { Live, Restore } from '../injection/fault.ts';
import type { Finding } from '../injection/finding.ts';
import type { Receipt } from '../injection/receipt.ts';
import { executeWithReread } from '../injection/replan.ts';
import { sanitise } from '../text/sanitise.ts';
import { blindReason } from './blind.ts';
import { type Decision, decide } from './classify.ts';
import { counting } from './counting.ts';
import type { RevertDeps } from './deps.ts';
import { giveOwnershipBack } from './hand-over.ts';
import { recognise } from './recognise.ts';
import { verifyRestore } from './verify.ts';

export interface RestoreOptions {
  /** Restore also what somebody changed to a third value since the injection. */
  force?: boolean;
  /** The finding was read this very moment: decide from it. Its preconditions still hold every write. */
  fresh?: boolean;
}

/** A receipt with whether another try, after other things were put back, may do better. */
export interface Attempt {
  receipt: Receipt;
  retry: boolean;
  /** Nothing can be done until the cluster has finished what it began, such as a namespace that is Terminating. */
  waits: boolean;
}

type End = Pick<Receipt, 'outcome' | 'verified'> & { message: string; retry?: boolean; waits?: boolean };

/**
 * Puts one finding back: reads it fresh, decides, writes with preconditions (a conflict reads and decides again), reads back and compares.
 * Never guesses: a record that cannot be trusted, or a value that is neither the injected nor the original one, is left as it is.
 */
export async function restoreOne(deps: RevertDeps, finding: Finding, options: RestoreOptions = {}): Promise<Attempt> {
  const began = deps.clock.monotonic();
  const api = counting(deps.api);
  const end = await attempt({ ...deps, api }, finding, options);
  return {
    retry: end.retry ?? false,
    waits: end.waits ?? false,
    receipt: {
      id: finding.id,
      type: finding.type,
      object: finding.object,
      outcome: end.outcome,
      verified: end.verified,
      requests: api.requests,
      ms: Math.round(deps.clock.monotonic() - began),
      message: sanitise(end.message),
    },
  };
}

/** `first` is the half of the restore that is done already; what it made of the cluster must be the original before the rest follows. */
async function attempt(deps: RevertDeps, finding: Finding, options: RestoreOptions, first?: Restore): Promise<End> {
  if (finding.state === 'foreign') return failed(finding.message ?? 'another chaos tool left it; nothing was touched');
  const decision = options.fresh ? await decide(deps.api, deps.faultOf, finding) : await decideAfresh(deps, finding);
  if ('outcome' in decision) return decision;
  const { restore } = decision;
  if (!restore) return failed(decision.finding.message ?? 'nothing may be done');
  if (first && restore.kind !== 'already-restored') return failed(`${first.says}, but then: ${restore.says}`, true);
  const stop = stopBefore(restore, decision.live, options);
  if (stop) return stop;
  if (restore.kind === 'restore' && restore.writes.length === 0) return { ...failed(restore.says, true), waits: true };

  let last: Decision & { restore: Restore } = { ...decision, restore };
  let changed: End | undefined;
  const again = async () => {
    const next = await decideAfresh(deps, finding);
    changed =
      'outcome' in next
        ? next
        : next.restore
          ? stopBefore(next.restore, next.live, options)
          : failed(next.finding.message ?? 'nothing may be done');
    if (changed || 'outcome' in next || !next.restore) return undefined;
    last = { ...next, restore: next.restore };
    return writesOf(next.restore);
  };
  const { execution } = await executeWithReread(writesOf(restore), again, deps, { id: finding.id, purpose: 'revert' });
  if (changed) return changed;
  if (execution.state !== 'done') return failed(execution.message, true);
  const notes = await giveOwnershipBack(deps, finding.id, execution.steps);
  const end = await after(deps, finding, options, last);
  return { ...end, message: [end.message, ...notes].join('; ') };
}

/** What follows once the writes are applied: the second half of a restore that has one, else the proof. */
async function after(
  deps: RevertDeps,
  finding: Finding,
  options: RestoreOptions,
  last: Decision & { restore: Restore },
): Promise<End> {
  if (!('again' in last.restore && last.restore.again)) return proven(deps, last);
  const end = await attempt(deps, finding, { ...options, fresh: false }, last.restore);
  return end.outcome === 'already-restored' ? { ...end, outcome: 'reverted', message: last.restore.says } : end;
}

/** Reads the carrier again and decides from what is there now; an end when there is nothing left to decide. */
async function decideAfresh(deps: RevertDeps, finding: Finding): Promise<Decision | End> {
  const { uid: _uid, ...ref } = finding.object;
  const got = await deps.api.get(ref);
  if (!got.ok) {
    return got.reason === 'not-found'
      ? { outcome: 'gone', verified: true, message: 'the object is gone, and the injection with it' }
      : failed(`could not be read: ${blindReason(got)}`, true);
  }
  const now = recognise(got.value).find(one => one.id === finding.id);
  if (!now)
    return { outcome: 'already-restored', verified: true, message: 'no trace of the injection is left on the object' };
  return decide(deps.api, deps.faultOf, now);
}

const failed = (message: string, retry = false): End => ({ outcome: 'failed', verified: false, message, retry });
const writesOf = (restore: Restore) => (restore.kind === 'corrupt' ? [] : restore.writes);

/** Whether something that the decision needs could not be read, so that it may come out differently next time. */
const wasBlind = (live: Live): boolean =>
  [...live.values()].some(value => value !== null && 'ok' in value && value.ok === false);

function stopBefore(restore: Restore, live: Live, { force = false }: RestoreOptions): End | undefined {
  if (restore.kind === 'corrupt') return failed(restore.says, wasBlind(live));
  if (restore.kind !== 'diverged' || force) return undefined;
  const { original, injected, live: now } = restore;
  return {
    outcome: 'diverged',
    verified: false,
    message: `changed since the injection: original ${original}, injected ${injected}, now ${now}; --force-diverged puts the original back`,
  };
}

async function proven(deps: RevertDeps, { finding, restore, live }: Decision & { restore: Restore }): Promise<End> {
  const fault = deps.faultOf(finding.type);
  if (!fault) return failed(`this version cannot revert ${finding.type}`);
  const proof = await verifyRestore(deps.api, fault, finding, restore, live);
  const outcome = restore.kind === 'already-restored' ? 'already-restored' : 'reverted';
  if (proof.verified) return { outcome: proof.gone ? 'gone' : outcome, verified: true, message: restore.says };
  return failed(`${restore.says}, but ${proof.message}`, true);
}
