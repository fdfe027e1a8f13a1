import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Execution } from '../../injection/write/executor.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import { executeWithReread } from '../../injection/write/replan.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { RevertDeps } from '../deps.ts';
import { originalOf, withOriginal } from '../read-back/original-of.ts';
import { readAndDecide } from '../read-back/read-and-decide.ts';
import { type Decision, decide } from '../scan/classify.ts';
import { authorityMembers, authorityText, howToConfirm } from '../trust/authority-text.ts';
import { judge, type Trust, trustOf, type Verdict } from '../trust/judge.ts';
import { scopesIn } from '../trust/scope.ts';
import { afterFirst, failuresIn, isWaiting, onceFilledIn, waiting } from './after-first.ts';
import { asked } from './asked.ts';
import { counting } from './counting.ts';
import { type End, failed, withNotes } from './end.ts';
import { giveOwnershipBack, handOverRecreated } from './hand-over.ts';
import { keepBackups } from './keep-backups.ts';
import { newNamespaceNote } from './new-namespace-note.ts';
import { blindEnd, refusedEnd } from './refusal.ts';
import { type Decided, finish, strip } from './settle.ts';
import { doneSays, isBackupFinding, keepsCarrier, type Stages, stagesOf } from './stages.ts';
import { stripOnly, strippingWrite } from './strip-marks.ts';

export interface RestoreOptions {
  /** Also restore over a third value, which somebody has written since the injection. */
  force?: boolean;
  /** Only remove the marks of an injection that could be restored only by force, or not at all; a person has checked the values. */
  stripMarks?: boolean;
  /** The object was read just now, so decide from it. The preconditions still guard every write. */
  fresh?: boolean;
  /** The object was read by an earlier scan: a restore that only patches it, with tests of the values read, may be decided from that. */
  scanned?: boolean;
  /** Which undo records are trusted to change more than their own object; by default none. */
  trust?: Trust;
}

/** A receipt, and whether another attempt may succeed once other things are restored. */
export interface Attempt {
  receipt: Receipt;
  retry: boolean;
  /** For how long another attempt makes sense, milliseconds; by default until the time for retries is over. */
  retryForMs?: number;
  /** Nothing can be done until the cluster has finished a deletion, such as that of a Terminating namespace. */
  waits: boolean;
}

/**
 * Restores one found injection: reads, decides, writes with preconditions (on a conflict it reads and decides again),
 * reads back and compares. The undo record is deleted only after the original was read back. If the record cannot be
 * trusted, or the value is neither the injected nor the original one, nothing is changed.
 */
export async function restoreOne(
  deps: RevertDeps,
  finding: FoundInjection,
  options: RestoreOptions = {},
): Promise<Attempt> {
  const began = deps.clock.monotonic();
  const api = counting(deps.api);
  const begun = deps.begun ?? new Map();
  const counted = { ...deps, api, begun };
  const end = withOriginalShown(
    deps,
    finding,
    await keepBackups(counted, finding, await attempt(counted, finding, options)),
  );
  if (end.verified) begun.delete(finding.id);
  return {
    retry: end.retry ?? false,
    waits: end.waits ?? false,
    ...(end.retryForMs === undefined ? {} : { retryForMs: end.retryForMs }),
    receipt: {
      id: finding.id,
      type: finding.type,
      object: finding.object,
      outcome: end.outcome,
      verified: end.verified,
      requests: api.requests,
      ms: Math.round(deps.clock.monotonic() - began),
      message: sanitise(end.message, 2000),
      ...(end.notHeld === undefined ? {} : { notHeld: end.notHeld }),
      ...(end.tier === undefined ? {} : { tier: end.tier }),
      ...(end.word === undefined ? {} : { word: end.word }),
      ...(end.needs === undefined ? {} : { needs: end.needs }),
      ...(end.why === undefined ? {} : { why: end.why }),
    },
  };
}

/** Adds the original to the receipt of a failed restore, so that a person can restore it: the receipt may be its last copy. */
function withOriginalShown({ faultOf }: RevertDeps, finding: FoundInjection, end: End): End {
  if (end.outcome !== 'failed' || end.notHeld?.original !== undefined) return end;
  const original = originalOf(faultOf, finding);
  if (original === undefined) return end;
  return { ...end, message: withOriginal(end.message, original), notHeld: { ...end.notHeld, original } };
}

/** `first` is the first step of the restore, already written; the original must be there before the second step follows. */
async function attempt(
  deps: RevertDeps,
  finding: FoundInjection,
  options: RestoreOptions,
  first?: Restore,
): Promise<End> {
  if (finding.state === 'foreign') return failed(finding.message ?? 'another chaos tool left it; nothing was touched');
  const decision = await decisionOn(deps, finding, options);
  if ('outcome' in decision) return decision;
  const stripWrite = options.stripMarks ? strippingWrite(decision) : undefined;
  if (stripWrite) return stripOnly(deps, decision.finding, stripWrite);
  const { restore } = decision;
  if (!restore) return blindEnd(decision.finding.message ?? 'nothing may be done', failuresIn(decision.live));
  if (first && restore.is !== 'already-restored') return afterFirst(first, { ...decision, restore });
  const stop = stopBefore({ ...decision, restore }, options);
  if (stop) return stop;
  const verdict = await verdictOn(deps, decision, restore, options);
  if (verdict.by === undefined) return unconfirmed(finding, verdict);
  if (isWaiting(restore)) return waiting(restore);
  return withAuthority(verdict, await write(deps, finding, { ...decision, restore }, options, first !== undefined));
}

async function decisionOn(deps: RevertDeps, finding: FoundInjection, options: RestoreOptions): Promise<Decision | End> {
  if (options.fresh) return decide(deps.api, deps.faultOf, finding);
  if (options.scanned && !isBackupFinding(finding)) {
    const decision = deps.decisions?.ofItself(finding) ?? (await decide(deps.api, deps.faultOf, finding));
    const { restore } = decision;
    if (restore?.is === 'restore' && keepsCarrier(restore, finding)) return decision;
  }
  return readAndDecide(deps, finding, options);
}

async function write(
  deps: RevertDeps,
  finding: FoundInjection,
  decision: Decided,
  options: RestoreOptions,
  isSecond: boolean,
): Promise<End> {
  let last = decision;
  const touchesRecord = isBackupFinding(finding) || keepsCarrier(last.restore, finding);
  let mayHaveWritten = deps.begun?.has(finding.id) === true;
  if (touchesRecord) deps.begun?.set(finding.id, last.finding);
  let stages: Stages = stagesOf(last.restore, finding);
  let changed: End | undefined;
  const kept = await handOverRecreated(deps, finding.id, last.restore);
  const again = async (refused: Execution) => {
    mayHaveWritten ||= !wasRefusedAtOnce(refused);
    // If the server refused every write, nothing was written, so missing marks were removed by somebody else.
    if (!mayHaveWritten) deps.begun?.delete(finding.id);
    const next = await readAndDecide(deps, finding, options);
    changed =
      'outcome' in next
        ? next
        : next.restore
          ? stopBefore({ ...next, restore: next.restore }, options)
          : failed(next.finding.message ?? 'nothing may be done');
    if (changed || 'outcome' in next || !next.restore) return undefined;
    const verdict = await verdictOn(deps, next, next.restore, options);
    if (verdict.by === undefined) changed = unconfirmed(finding, verdict);
    if (changed) return undefined;
    last = { ...next, restore: next.restore };
    stages = stagesOf(last.restore, finding);
    if (touchesRecord) deps.begun?.set(finding.id, last.finding);
    return stages.now;
  };
  const { execution } = await executeWithReread(stages.now, again, deps, { id: finding.id, purpose: 'revert' });
  if (changed) return changed;
  if (execution.state !== 'done') return refusedEnd(execution, last.restore);
  if (stages.next === 'strip')
    return strip(deps, last, { first: stages.now[0], stored: execution.steps[0]?.object, rest: stages.rest });
  const notes = [
    ...kept,
    ...(await giveOwnershipBack(deps, finding.id, execution.steps)),
    // Skipped for mayday's own run: it lasts minutes, and may lack the permission to read namespaces.
    ...(isSecond || options.trust?.everything === 'own-run'
      ? []
      : await newNamespaceNote(deps.api, finding, last.restore)),
  ];
  const end =
    stages.next === 'rest'
      ? await finish(deps, last, stages.rest)
      : await onceFilledIn(deps, () =>
          attempt(deps, finding, { ...options, fresh: false, scanned: false }, last.restore),
        );
  return withNotes(stages.next === 'decide' ? asReverted(end, last) : end, notes);
}

/** Whether the first answer to each write was a refusal, so that nothing was written. */
const wasRefusedAtOnce = ({ steps }: Execution): boolean =>
  steps.every(({ outcome, requests }) => outcome === 'conflict' && requests <= 1);

/** If the second step found the original, the first step restored it. */
function asReverted(end: End, { restore, finding }: Decided): End {
  return end.outcome === 'already-restored'
    ? { ...end, outcome: 'reverted', message: doneSays(restore, finding) }
    : end;
}

/** The authority by which these writes may be sent. The scope of a kind comes from the server, never from the record. */
async function verdictOn(
  { api }: RevertDeps,
  { finding }: Decision,
  restore: Restore,
  { trust = {} }: RestoreOptions,
): Promise<Verdict> {
  const discovery = await api.discovery();
  const scopeOf = scopesIn(discovery.ok ? discovery.value : undefined);
  const writes = restore.is === 'corrupt' ? [] : restore.writes;
  const verdict = judge(finding, writes, trust, scopeOf);
  const { again } = verdict.unchecked ?? {};
  if (again === undefined) return verdict;
  return judge(finding, writes, { ...trust, ...trustOf(await again()) }, scopeOf);
}

/** Adds the authority to the end of an attempt, if the record alone was not enough. */
const withAuthority = (verdict: Verdict, end: End): End => ({
  ...withNotes(end, authorityText(verdict)),
  ...authorityMembers(verdict),
});

/** The end of an attempt that a person must confirm; retried only if its signature may be checked later. */
const unconfirmed = (finding: FoundInjection, verdict: Verdict): End => ({
  outcome: 'unconfirmed',
  verified: false,
  retry: verdict.unchecked?.again !== undefined,
  message: howToConfirm(finding, verdict),
  ...authorityMembers(verdict),
});

function stopBefore(decision: Decided, { force = false }: RestoreOptions): End | undefined {
  const { restore, live } = decision;
  if (restore.is === 'corrupt') return blindEnd(restore.says, failuresIn(live));
  return restore.is !== 'diverged' || force ? undefined : asked(decision, restore);
}
