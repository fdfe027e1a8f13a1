import type { FaultType } from '../experiment/types.ts';
import type { ObjectRef } from '../kube/object.ts';
import type { Files } from './files.ts';
import { type Entry, type GuardFacts, journalPath, type RunHeader, readEntries, runsFolder } from './journal.ts';
import { isRunId } from './run-id.ts';

/** A run whose process is gone and whose journal has no end. */
export interface Unfinished {
  run: string;
  header: RunHeader;
  type: FaultType;
  /** Objects that were or may have been written and whose restore was not confirmed. Empty: the run died before its first write. */
  written: ObjectRef[];
  /** The process that ends it all the same, where one lives. */
  guardian?: GuardFacts;
}

/** Whether a process still runs; `start` tells it from a later one with the same pid. */
export type IsAlive = (pid: number, start: string | undefined) => boolean;

const keyOf = (ref: ObjectRef): string => `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;

/** What a journal leaves open: every object with a sent or confirmed write, less those proven back afterwards. */
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

/** The last guardian that the journal names, if it lives. */
function guardianOf(entries: readonly Entry[], isAlive: IsAlive): GuardFacts | undefined {
  const last = entries.findLast(entry => entry.entry === 'guard');
  return last && isAlive(last.pid, last.processStart) ? last : undefined;
}

/**
 * Runs of this cluster and this machine that died before their end, oldest first. Runs of other machines are left out: whether they
 * still live cannot be known here, and the cluster's own markers show what they left.
 */
export async function unfinished(
  files: Files,
  stateDir: string,
  here: { clusterUid: string; host: string },
  isAlive: IsAlive,
): Promise<Unfinished[]> {
  const runs = (await files.list(runsFolder(stateDir))).filter(isRunId).toSorted();
  const found: Unfinished[] = [];
  for (const run of runs) {
    const text = await files.read(journalPath(stateDir, run));
    if (text === undefined) continue;
    const { entries } = readEntries(text);
    const [begin] = entries;
    if (begin?.entry !== 'begin' || entries.some(entry => entry.entry === 'end' && entry.residue === 0)) continue;
    if (begin.clusterUid !== here.clusterUid || begin.host !== here.host) continue;
    if (isAlive(begin.pid, begin.processStart)) continue;
    const { entry: _entry, ...header } = begin;
    const guardian = guardianOf(entries, isAlive);
    found.push({
      run,
      header,
      type: header.experiment.type,
      written: leftWritten(entries),
      ...(guardian === undefined ? {} : { guardian }),
    });
  }
  return found;
}
