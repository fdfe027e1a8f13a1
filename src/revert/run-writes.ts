import { leavesBackup, leavesNothing, typeByBackup } from '../faults/recognition.ts';
import type { FaultType } from '../faults/types.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { isNamed, nameOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';
import { blindReason } from './blind.ts';
import type { RevertDeps } from './deps.ts';
import { readCarrier } from './read-back/read-carrier.ts';
import { overwrittenReceipts } from './read-back/still-held.ts';
import { restoreOne } from './restore/restore.ts';
import { isBackupFinding } from './restore/stages.ts';
import { isBackup, orphans } from './scan/backups.ts';
import { decide } from './scan/classify.ts';
import { recognise } from './scan/recognise.ts';
import { type Leftover, leftoverOf, receiptWithoutMarks } from './scan/unmarked.ts';
import type { Trust } from './trust/judge.ts';
import { isSigned } from './trust/signature.ts';
import { intoWaves } from './waves.ts';

/** The writes of one injection. */
export interface RunWrites {
  /** The run of the injection; an injection of a later run into the same object is not reverted. */
  run?: string;
  type: FaultType;
  /** When the run began, by its own clock, milliseconds since the epoch. */
  startedAt?: number;
  written: readonly ObjectRef[];
  /** The written objects as the server answered them, marks and backups included; they hold the original if those are gone. */
  answers?: readonly KubeObject[];
  /** How long blocked restores are tried again, milliseconds; 60 s unless given. */
  retryForMs?: number;
  /** The key that signed this run's records. Without a key, the run's own request is authority enough. */
  key?: Uint8Array | undefined;
}

export interface RunReverted {
  receipts: Receipt[];
  /** How many injections are not proven restored. */
  remaining: number;
  blind: string[];
  /** The injections that were found and reverted, with their records as read. */
  found: readonly FoundInjection[];
}

/** Reads made before the revert, and their time on the monotonic clock, milliseconds. */
export interface Prefetched {
  at: number;
  read: readonly WrittenRead[];
}

/** Older prefetched reads are read again. */
const MAX_PREFETCH_AGE_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Reverts one injection of our own run, without a scan: reads each object that it wrote, restores the injections found
 * there, retries those that were blocked or could not be read, and counts those that are not proven restored when the
 * time is up. `ahead` holds reads that were made earlier.
 */
export async function revertRun(by: RevertDeps, own: RunWrites, ahead?: Prefetched): Promise<RunReverted> {
  const deps = { begun: new Map(), ...by };
  if (leavesNothing(own.type)) return { receipts: [], remaining: 0, blind: [], found: [] };
  const began = deps.clock.monotonic();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const reverted = await revertOnce(deps, own, ahead);
    ahead = undefined;
    const over = deps.clock.monotonic() - began + pause > Math.min(own.retryForMs ?? 60_000, reverted.longestRetryMs);
    if (!reverted.retry || over) return reverted;
    await deps.clock.sleep(pause);
  }
}

/**
 * Reads the objects that a revert will need. If one of them changes before the revert, the preconditions fail and the
 * revert reads again.
 */
export async function prefetchRun(deps: RevertDeps, own: RunWrites): Promise<Prefetched> {
  const at = deps.clock.monotonic();
  return { at, read: leavesNothing(own.type) ? [] : await readAllWritten(deps, own) };
}

const readAllWritten = (deps: RevertDeps, own: RunWrites): Promise<WrittenRead[]> =>
  Promise.all(carriers(own).map(ref => readWritten(deps, own, ref)));

/** Prefetched reads are used only if they are recent and found the injection: it may have been written after them. */
const isUsable = (deps: RevertDeps, { at, read }: Prefetched): boolean =>
  deps.clock.monotonic() - at <= MAX_PREFETCH_AGE_MS && read.every(({ findings }) => findings.length > 0);

/** Whether another attempt may succeed, and for how long attempts make sense at most, milliseconds. */
interface Retry {
  retry: boolean;
  longestRetryMs: number;
}

async function revertOnce(deps: RevertDeps, own: RunWrites, ahead?: Prefetched): Promise<RunReverted & Retry> {
  const read = ahead && isUsable(deps, ahead) ? ahead.read : await readAllWritten(deps, own);
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
    // Objects of later waves may have changed while the first wave was restored, so they are read again.
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
    longestRetryMs: Math.max(0, ...again),
  };
}

/**
 * Compares once more what a revert restored with the answers to the injection's writes. Returns the receipts that
 * change.
 */
export const overwrittenRun = (deps: RevertDeps, own: RunWrites, receipts: readonly Receipt[]): Promise<Receipt[]> =>
  overwrittenReceipts(deps, rememberedOf(own), receipts);

const rememberedOf = (own: RunWrites): FoundInjection[] =>
  (own.answers ?? [])
    .flatMap(answer => findingsIn(answer, own.type))
    .map(finding => ({ ...finding, ...backupsIn(own) }));

/**
 * The objects that show the injection. For a deletion only its backup does, because a missing object proves nothing.
 */
function carriers({ type, written }: RunWrites): readonly ObjectRef[] {
  return leavesBackup(type)
    ? written.filter(({ kind, name }) => typeByBackup({ kind, metadata: { name } }) === type)
    : written;
}

interface WrittenRead {
  findings: FoundInjection[];
  /** The injections are from memory, because the object carries no mark now or is gone. */
  isRemembered?: boolean;
  /**
   * The object has no marks and still holds values that mayday wrote; or the backup and what it held are both gone. A
   * backup alone is gone after every revert.
   */
  unmarked?: Leftover;
  /** For an object on which nothing of the injection is left. */
  receipt?: Receipt;
  blind?: string;
}

async function readWritten(deps: RevertDeps, own: RunWrites, ref: ObjectRef): Promise<WrittenRead> {
  const { type } = own;
  const { got, kindGone } = await readCarrier(deps.api, plain(ref));
  if (!got.ok && got.reason !== 'not-found') return { findings: [], blind: `${nameOf(ref)}: ${blindReason(got)}` };
  const beside = backupsIn(own);
  const findings = got.ok ? findingsIn(got.value, type).map(finding => ({ ...finding, ...beside })) : [];
  if (findings.length > 0 && findings.every(finding => isOfLaterRun(own, finding))) return { findings: [] };
  const remembered = [...(own.answers ?? []), ...begunOn(deps)]
    .filter(answer => isNamed(answer, ref))
    .flatMap(answer => findingsIn(answer, type))
    .slice(-1)
    .map(finding => ({ ...finding, ...beside }));
  // Somebody removed the record and left the label: the record in memory still tells the original.
  const isRecordGone = findings.every(({ lost }) => lost) && remembered.some(({ lost }) => !lost);
  if (findings.length > 0 && !isRecordGone) return { findings };
  // If a victim is gone, nothing is left to check; if a backup is gone, its original object must be checked.
  if (remembered.length > 0 && (got.ok || remembered.every(isBackupFinding)))
    return { findings: remembered, isRemembered: true };
  const isBackupGone = !got.ok && typeByBackup({ kind: ref.kind, metadata: ref }) === type && leavesBackup(type);
  if (isBackupGone) return withoutRecord(deps, own, ref);
  const withoutMarks = receiptWithoutMarks(type, ref, got.ok ? got.value : undefined);
  const receipt = kindGone === undefined ? withoutMarks : { ...withoutMarks, message: kindGone };
  return { findings: [], receipt, ...(receipt.verified ? {} : { unmarked: leftoverOf(type, receipt) }) };
}

/**
 * Whether a record belongs to another run, by its signature, which nobody can make without the key. mayday injects
 * nothing into an object that carries a record, so ours must have been restored before.
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

function backupsIn({ answers = [], type }: RunWrites): Pick<FoundInjection, 'beside'> {
  const beside = answers.filter(answer => typeByBackup(answer) === type);
  return beside.length === 0 ? {} : { beside };
}

/**
 * For a backup that is gone and whose content is not in memory: only an object that was never deleted is known to be
 * unchanged.
 */
async function withoutRecord(deps: RevertDeps, own: RunWrites, backup: ObjectRef): Promise<WrittenRead> {
  const victim = own.written.find(ref => typeByBackup({ kind: ref.kind, metadata: ref }) !== own.type);
  // The victim was not written, so it was not deleted.
  if (victim === undefined) return { findings: [], receipt: receiptWithoutMarks(own.type, backup, undefined) };
  const got = await deps.api.get(plain(victim));
  if (!got.ok && got.reason !== 'not-found') return { findings: [], blind: `${nameOf(victim)}: ${blindReason(got)}` };
  const gone = receiptWithoutMarks(own.type, backup, undefined);
  if (got.ok && victim.uid !== undefined && got.value.metadata.uid === victim.uid)
    return { findings: [], receipt: { ...gone, message: `${nameOf(victim)} was never deleted` } };
  const what = got.ok
    ? 'was created again, and no record shows whether it is the original'
    : 'does not exist, and no record holds the original';
  const message = `the backup is gone: ${nameOf(victim)} ${what}`;
  const receipt: Receipt = { ...gone, outcome: got.ok ? 'diverged' : 'failed', verified: false, message };
  const isLost = !got.ok && !(await isNamespaceOver(deps, own, victim));
  return { findings: [], receipt, ...(isLost ? { unmarked: leftoverOf(own.type, receipt) } : {}) };
}

/** Whether the namespace of the object is gone or going, or was made after the injection: then the object went with it. */
async function isNamespaceOver(
  { api, clock }: RevertDeps,
  { startedAt }: RunWrites,
  victim: ObjectRef,
): Promise<boolean> {
  if (victim.namespace === undefined) return false;
  const got = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: victim.namespace });
  if (!got.ok) return got.reason === 'not-found';
  const { creationTimestamp = '', deletionTimestamp } = got.value.metadata;
  if (deletionTimestamp !== undefined || startedAt === undefined) return deletionTimestamp !== undefined;
  // The run began by the clock of this machine, which may differ from the server's.
  const ahead = api.serverTime().now - clock.now();
  return Date.parse(creationTimestamp) > startedAt + ahead;
}

/**
 * The objects of one injection that are not restored (`away`), and those that could not be read, one line each; writes
 * nothing. An object without the injection's record counts as restored, as in a revert.
 */
export async function notRestored(deps: RevertDeps, own: RunWrites): Promise<{ away: string[]; blind: string[] }> {
  if (leavesNothing(own.type)) return { away: [], blind: [] };
  const read = await readAllWritten(deps, own);
  const found = read.flatMap(one => one.findings).filter(finding => !isBackup(deps.faultOf, finding));
  const decided = await Promise.all(found.map(finding => decide(deps.api, deps.faultOf, finding)));
  const away = decided.filter(({ finding }) => finding.state !== 'restored');
  return {
    away: away.map(({ finding }) => sanitise(finding.message ?? nameOf(finding.object))),
    blind: read.flatMap(({ blind }) => blind ?? []),
  };
}

/** The remains of one injection's writes in the cluster. */
export interface Left {
  /** An object carries its marks, or could not be read. */
  marked: boolean;
  unmarked: Leftover[];
}

/** Reads what is left of an injection's writes; writes nothing. Missing marks do not prove that the value is gone. */
export async function leftOfWrites(deps: RevertDeps, own: RunWrites): Promise<Left> {
  if (leavesNothing(own.type)) return { marked: false, unmarked: [] };
  const read = await readAllWritten(deps, own);
  return {
    marked: read.some(({ findings, blind }) => findings.length > 0 || blind !== undefined),
    unmarked: read.flatMap(({ unmarked }) => unmarked ?? []),
  };
}
