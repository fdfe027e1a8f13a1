import { leavesBackup, leavesNothing, typeByBackup } from '../faults/recognition.ts';
import type { FaultType } from '../faults/types.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';
import { isBackup, orphans } from './backups.ts';
import { blindReason } from './blind.ts';
import { decide } from './classify.ts';
import type { RevertDeps } from './deps.ts';
import { recognise } from './recognise.ts';
import { restoreOne } from './restore.ts';
import { isKeptApart } from './stages.ts';
import { overwritten } from './still-held.ts';
import type { Trust } from './trust/judge.ts';
import { isSigned } from './trust/signature.ts';
import { untraced } from './unmarked.ts';
import { intoWaves } from './waves.ts';

/** What one injection wrote. */
export interface RunWrites {
  /** Whose injection it is: what a later run injected into the same object is left alone. */
  run?: string;
  type: FaultType;
  written: readonly ObjectRef[];
  /** The written objects as the server answered them, marks and backups included: what tells the original when those are gone. */
  answers?: readonly KubeObject[];
  /** Longest time for trying again, milliseconds; 60 s unless told. */
  retryForMs?: number;
  /** The key that signed the records of this run. Without a key, that the run itself asks is enough. */
  key?: Uint8Array | undefined;
}

export interface RunReverted {
  receipts: Receipt[];
  /** What is not proven restored. */
  remaining: number;
  blind: string[];
  /** What was found and reverted, with its record as it was read. */
  found: readonly FoundInjection[];
}

/** What was read ahead of the revert, and when, on the monotonic clock. */
export interface Prefetched {
  at: number;
  read: readonly Look[];
}

/** What was read longer ago than this is read again. */
const AHEAD_HOLDS_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Reverts what one injection wrote, without a scan: reads each object it touched, restores what is found there, tries again what was
 * blocked or could not be read, and counts what is not proven when patience is over. `ahead` spares the first reads.
 */
export async function revertRun(by: RevertDeps, own: RunWrites, ahead?: Prefetched): Promise<RunReverted> {
  const deps = { begun: new Map(), ...by };
  if (leavesNothing(own.type)) return { receipts: [], remaining: 0, blind: [], found: [] };
  const began = deps.clock.monotonic();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const reverted = await once(deps, own, ahead);
    ahead = undefined;
    const over = deps.clock.monotonic() - began + pause > Math.min(own.retryForMs ?? 60_000, reverted.patienceMs);
    if (!reverted.retry || over) return reverted;
    await deps.clock.sleep(pause);
  }
}

/** Reads what a revert will have to read. What changes between this and the revert its preconditions tell, and it is read again. */
export async function prefetchRun(deps: RevertDeps, own: RunWrites): Promise<Prefetched> {
  const at = deps.clock.monotonic();
  return { at, read: leavesNothing(own.type) ? [] : await lookAtAll(deps, own) };
}

const lookAtAll = (deps: RevertDeps, own: RunWrites): Promise<Look[]> =>
  Promise.all(carriers(own).map(ref => look(deps, own, ref)));

/** A prefetched read counts only if it found the injection: an injection that was not there then may be there now. */
const isOfUse = (deps: RevertDeps, { at, read }: Prefetched): boolean =>
  deps.clock.monotonic() - at <= AHEAD_HOLDS_MS && read.every(({ findings }) => findings.length > 0);

/** Whether another try may do better, and how long that is worth it at most, milliseconds. */
interface Again {
  retry: boolean;
  patienceMs: number;
}

async function once(deps: RevertDeps, own: RunWrites, ahead?: Prefetched): Promise<RunReverted & Again> {
  const read = ahead && isOfUse(deps, ahead) ? ahead.read : await lookAtAll(deps, own);
  const remembered = new Set(read.filter(one => one.isRemembered).flatMap(one => one.findings));
  const all = read.flatMap(one => one.findings);
  const found = all.filter(finding => !isBackup(deps.faultOf, finding));
  const backups = all.filter(finding => isBackup(deps.faultOf, finding));
  const findings = [...found, ...orphans(deps.faultOf, backups, found)];
  const receipts: Receipt[] = read.flatMap(one => (one.receipt ? [one.receipt] : []));
  const isBlind = read.some(one => one.blind !== undefined);
  const again: number[] = isBlind ? [Number.POSITIVE_INFINITY] : [];
  const trust: Trust = { key: own.key, everything: 'own-run' };
  const waves = intoWaves(findings).filter(wave => wave.length > 0);
  for (const [index, wave] of waves.entries()) {
    // What the first wave puts back may change what the next ones find.
    const attempts = await Promise.all(
      wave.map(finding => restoreOne(deps, finding, { fresh: index === 0 && !remembered.has(finding), trust })),
    );
    receipts.push(...attempts.map(attempt => attempt.receipt));
    again.push(...attempts.flatMap(({ retry, retryForMs = Number.POSITIVE_INFINITY }) => (retry ? [retryForMs] : [])));
  }
  const blind = read.flatMap(one => (one.blind === undefined ? [] : [one.blind]));
  const unproven = receipts.filter(receipt => !receipt.verified).length;
  return {
    receipts,
    remaining: unproven + blind.length,
    blind,
    found: findings,
    retry: again.length > 0,
    patienceMs: Math.max(0, ...again),
  };
}

/** Compares once more what a revert put back, by what the writes of the injection were answered with: the receipts that change. */
export const overwrittenRun = (deps: RevertDeps, own: RunWrites, receipts: readonly Receipt[]): Promise<Receipt[]> =>
  overwritten(deps, rememberedOf(own), receipts);

const rememberedOf = (own: RunWrites): FoundInjection[] =>
  (own.answers ?? [])
    .flatMap(answer => findingsIn(answer, own.type))
    .map(finding => ({ ...finding, ...backupsIn(own) }));

/** The objects that tell of the injection: where something was deleted, its backup alone. That the deleted object is gone proves nothing. */
function carriers({ type, written }: RunWrites): readonly ObjectRef[] {
  return leavesBackup(type)
    ? written.filter(({ kind, name }) => typeByBackup({ kind, metadata: { name } }) === type)
    : written;
}

interface Look {
  findings: FoundInjection[];
  /** The findings are from memory: what stands there carries no mark any more, or is gone. */
  isRemembered?: boolean;
  /** The object has no mark any more and stands as it was written. That a backup is gone is no sign of it: it goes with a revert. */
  unmarked?: string;
  /** For an object on which nothing of the injection is left. */
  receipt?: Receipt;
  blind?: string;
}

async function look(deps: RevertDeps, own: RunWrites, ref: ObjectRef): Promise<Look> {
  const { type } = own;
  const got = await deps.api.get(plain(ref));
  if (!got.ok && got.reason !== 'not-found') return { findings: [], blind: `${nameOf(ref)}: ${blindReason(got)}` };
  const beside = backupsIn(own);
  const findings = got.ok ? findingsIn(got.value, type).map(finding => ({ ...finding, ...beside })) : [];
  if (findings.length > 0 && findings.every(finding => isOfLaterRun(own, finding))) return { findings: [] };
  if (findings.length > 0) return { findings };
  const remembered = [...(own.answers ?? []), ...begunOn(deps)]
    .filter(answer => isNamed(answer, ref))
    .flatMap(answer => findingsIn(answer, type))
    .slice(-1)
    .map(finding => ({ ...finding, ...beside }));
  // Of what is gone, only a backup leaves something behind that must be looked at.
  if (remembered.length > 0 && (got.ok || remembered.every(isKeptApart)))
    return { findings: remembered, isRemembered: true };
  const isBackupGone = !got.ok && typeByBackup({ kind: ref.kind, metadata: ref }) === type && leavesBackup(type);
  if (isBackupGone) return withoutRecord(deps, own, ref);
  const receipt = untraced(type, ref, got.ok ? got.value : undefined);
  return { findings: [], receipt, ...(receipt.verified ? {} : { unmarked: receipt.message }) };
}

/**
 * Whether a record is of another run, by a signature that nobody can make who has not got the key. Nothing is injected into an object that
 * carries a record, so ours was put back before.
 */
const isOfLaterRun = ({ run, key, type }: RunWrites, finding: FoundInjection): boolean =>
  run !== undefined &&
  finding.run !== undefined &&
  finding.run !== run &&
  key !== undefined &&
  isSigned(key, finding.live, type);

const begunOn = ({ begun }: RevertDeps): KubeObject[] => [...(begun?.values() ?? [])].map(({ live }) => live);
const plain = ({ uid: _uid, ...ref }: ObjectRef): ObjectRef => ref;
const findingsIn = (object: KubeObject, type: FaultType): FoundInjection[] =>
  recognise(object).filter(finding => finding.type === type);
const isNamed = ({ kind, metadata }: KubeObject, ref: ObjectRef): boolean =>
  kind === ref.kind && metadata.name === ref.name && (metadata.namespace ?? '') === (ref.namespace ?? '');

function backupsIn({ answers = [], type }: RunWrites): Pick<FoundInjection, 'beside'> {
  const beside = answers.filter(answer => typeByBackup(answer) === type);
  return beside.length === 0 ? {} : { beside };
}

/** The backup is gone, and nothing here remembers what it held: only what was never deleted is known to be as it was. */
async function withoutRecord(deps: RevertDeps, own: RunWrites, backup: ObjectRef): Promise<Look> {
  const victim = own.written.find(ref => typeByBackup({ kind: ref.kind, metadata: ref }) !== own.type);
  // The deletion was not even announced.
  if (victim === undefined) return { findings: [], receipt: untraced(own.type, backup, undefined) };
  const got = await deps.api.get(plain(victim));
  if (!got.ok && got.reason !== 'not-found') return { findings: [], blind: `${nameOf(victim)}: ${blindReason(got)}` };
  const gone = untraced(own.type, backup, undefined);
  if (got.ok && victim.uid !== undefined && got.value.metadata.uid === victim.uid)
    return { findings: [], receipt: { ...gone, message: `${nameOf(victim)} was never deleted` } };
  const what = got.ok
    ? 'was made anew, and nothing tells whether as it was'
    : 'is not there, and nothing tells how it was';
  const message = `the backup is gone: ${nameOf(victim)} ${what}`;
  return { findings: [], receipt: { ...gone, outcome: got.ok ? 'diverged' : 'failed', verified: false, message } };
}

/**
 * What of one injection is not as it was before, and what of it cannot be read, a line each; writes nothing. An object without the injection's record tells nothing any
 * more and counts as back, as it does when it is reverted.
 */
export async function notRestored(deps: RevertDeps, own: RunWrites): Promise<{ away: string[]; blind: string[] }> {
  if (leavesNothing(own.type)) return { away: [], blind: [] };
  const read = await lookAtAll(deps, own);
  const found = read.flatMap(one => one.findings).filter(finding => !isBackup(deps.faultOf, finding));
  const decided = await Promise.all(found.map(finding => decide(deps.api, deps.faultOf, finding)));
  const away = decided.filter(({ finding }) => finding.state !== 'restored');
  return {
    away: away.map(({ finding }) => sanitise(finding.message ?? nameOf(finding.object))),
    blind: read.flatMap(({ blind }) => blind ?? []),
  };
}

/** What is left in the cluster of what one injection wrote. */
export interface Left {
  /** Something carries its marks, or may: it could not be read. */
  marked: boolean;
  /** What lost its marks and still stands as it was written: a sentence each. */
  unmarked: string[];
}

/** Looks for what is left of the writes of an injection; writes nothing. Marks that are gone do not prove that the value is. */
export async function leftOfWrites(deps: RevertDeps, own: RunWrites): Promise<Left> {
  if (leavesNothing(own.type)) return { marked: false, unmarked: [] };
  const read = await lookAtAll(deps, own);
  return {
    marked: read.some(({ findings, blind }) => findings.length > 0 || blind !== undefined),
    unmarked: read.flatMap(({ unmarked }) => unmarked ?? []),
  };
}
