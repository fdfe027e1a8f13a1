import type { FaultType } from '../faults/types.ts';
import type { Files } from '../host/files.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Leftover } from '../revert/scan/unmarked.ts';
import { messageOf } from '../text/message-of.ts';
import { type Entry, type GuardFacts, journalPath, type RunHeader, readEntries, runsFolder } from './journal.ts';
import { isRunId } from './run-id.ts';

/** A run whose process is gone and whose journal has no end. */
export interface Unfinished {
  run: string;
  header: RunHeader;
  type: FaultType;
  /** Objects that were or may have been written and whose restore is not confirmed. Empty if the run died before its first write. */
  written: ObjectRef[];
  /** What it left without marks, if anything. */
  unmarked?: Leftover[];
  /** Whether any object still carries its marks; set only if `unmarked` is. */
  marked?: boolean;
  /** The guardian that will revert it, if one is running. */
  guardian?: GuardFacts;
}

/** Whether a process still runs; `start` distinguishes it from a later one with the same pid. */
export type IsAlive = (pid: number, start: string | undefined) => boolean;

const keyOf = (ref: ObjectRef): string => `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;

/** Objects that a journal leaves open: those with a sent or confirmed write that were not proven restored afterwards. */
export function leftWritten(entries: readonly Entry[]): ObjectRef[] {
  const open = new Map<string, ObjectRef>();
  const refused = new Set(['failed', 'conflict', 'gone']);
  for (const entry of entries) {
    if (entry.entry === 'intent' && entry.purpose === 'inject') open.set(keyOf(entry.write.on), entry.write.on);
    if (entry.entry === 'result' && entry.purpose === 'inject' && refused.has(entry.outcome))
      open.delete(keyOf(entry.on));
    if (
      entry.entry === 'result' &&
      entry.purpose === 'undo' &&
      (entry.outcome === 'applied' || entry.outcome === 'gone')
    )
      open.delete(keyOf(entry.on));
    if (entry.entry === 'receipt' && entry.receipt.verified) open.delete(keyOf(entry.receipt.object));
  }
  return [...open.values()];
}

/** The last guardian that the journal names, if it is running. */
function guardianOf(entries: readonly Entry[], isAlive: IsAlive): GuardFacts | undefined {
  const last = entries.findLast(entry => entry.entry === 'guard');
  return last && isAlive(last.pid, last.processStart) ? last : undefined;
}

/** The cluster and machine whose journals are wanted. */
export interface JournalScope {
  clusterUid: string;
  host: string;
}

/** A run's journal as it was read from the disk. */
export interface RunJournalRead {
  run: string;
  header: RunHeader;
  entries: Entry[];
}

/** The journals of this machine. */
export interface Journals {
  /** The journals of this cluster and this machine, oldest first. */
  read: RunJournalRead[];
  /** Why other journals were not read: another user could have written them, or they are unreadable. */
  untrusted: string[];
}

/** Reads the journals of this cluster and this machine. One that cannot be trusted does not keep others from being read. */
export async function journals(files: Files, stateDir: string, here: JournalScope): Promise<Journals> {
  const runs = (await files.list(runsFolder(stateDir))).filter(isRunId).toSorted();
  const found: RunJournalRead[] = [];
  const untrusted: string[] = [];
  for (const run of runs) {
    const text = await files.read(journalPath(stateDir, run)).catch((error: unknown) => {
      untrusted.push(messageOf(error));
      return undefined;
    });
    if (text === undefined) continue;
    const { entries } = readEntries(text);
    const [begin] = entries;
    if (begin?.entry !== 'begin' || begin.clusterUid !== here.clusterUid || begin.host !== here.host) continue;
    const { entry: _entry, ...header } = begin;
    found.push({ run, header, entries });
  }
  return { read: found, untrusted };
}

/**
 * Runs whose process died before their end, from the journals of this cluster and this machine, in their order. Runs of other machines are
 * left out: it cannot be known here whether their processes still run, and the marks in the cluster show what they left.
 */
export function unfinished(read: readonly RunJournalRead[], isAlive: IsAlive): Unfinished[] {
  return read
    .filter(({ entries }) => !entries.some(entry => entry.entry === 'end' && entry.residue === 0))
    .filter(({ header }) => !isAlive(header.pid, header.processStart))
    .map(({ run, header, entries }) => {
      const guardian = guardianOf(entries, isAlive);
      return {
        run,
        header,
        type: header.experiment.type,
        written: leftWritten(entries),
        ...(guardian === undefined ? {} : { guardian }),
      };
    });
}

/** A run that a guardian reverted after its process died. */
export interface GuardianWork {
  run: string;
  experiment: string;
  /** Milliseconds since the epoch, server time. */
  at: number;
  /** Whether every original was compared; else the fault was gone without the guardian, and somebody may have written other values. */
  isCompared: boolean;
}

/** Runs that guardians finished since the last run began here; reported at the next start. */
export async function guardianWork(files: Files, stateDir: string, here: JournalScope): Promise<GuardianWork[]> {
  const { read } = await journals(files, stateDir, here);
  const last = read.at(-1);
  return read.flatMap(({ run, header, entries }) => {
    const end = entries.findLast(entry => entry.entry === 'end');
    if (end?.by !== 'guardian' || end.residue > 0) return [];
    const at = end.at ?? header.startedAt;
    return run === last?.run || at > (last?.header.startedAt ?? 0)
      ? [{ run, experiment: header.experiment.name, at, isCompared: areCompared(entries) }]
      : [];
  });
}

/** Whether the last receipt of each object was given after its value had been compared with the undo record; false without any receipt. */
function areCompared(entries: readonly Entry[]): boolean {
  const last = new Map(
    entries.flatMap(entry => (entry.entry === 'receipt' ? [[entry.receipt.id, entry.receipt]] : [])),
  );
  return (
    last.size > 0 && [...last.values()].every(({ outcome }) => outcome === 'reverted' || outcome === 'already-restored')
  );
}
