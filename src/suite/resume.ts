import type { Engine } from '../engine/engine.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { proofText } from '../injection/write/receipt.ts';
import type { IsAlive } from '../records/unfinished.ts';
import type { EntryEnd } from './event.ts';
import { deadRuns, type JournalEntry, missingEntriesOf, type SuiteHistory } from './journal.ts';
import { type SuiteEntry, suiteEntries } from './order.ts';

/** Why a suite cannot be resumed here, in one line; undefined where it can. */
export function whyNotResumable(
  { suite, header, last, end }: SuiteHistory,
  here: { clusterUid: string; host: string; context: string },
  isAlive: IsAlive,
): string | undefined {
  if (header.clusterUid !== here.clusterUid)
    return `expected the cluster in which suite ${suite} was begun (context ${header.context}, ${header.server}), found another one in context ${here.context}: use --context`;
  if (end === undefined && last.host === here.host && isAlive(last.pid, last.processStart))
    return `expected suite ${suite} to have ended, found process ${last.pid} still running it: wait for it, or end it with ctrl-c`;
  return undefined;
}

/**
 * The runs that a suite has still to do, from the files as they are now. A changed file is refused: its results would be mixed with those of
 * another document. `load` throws one line where a file cannot be used.
 */
export function missingEntries(
  history: SuiteHistory,
  load: (entry: JournalEntry) => LoadedExperiment,
): { entries: SuiteEntry[]; done: Map<string, EntryEnd> } | string {
  const rest = missingEntriesOf(history);
  const byFile = new Map<string, LoadedExperiment>();
  for (const entry of rest) {
    const loaded = byFile.get(entry.file) ?? load(entry);
    if (loaded.sha256 !== entry.sha256)
      return `expected ${entry.path} as it was when suite ${history.suite} began, found it changed: begin a new suite, or put the file back`;
    byFile.set(entry.file, loaded);
  }
  const entries = rest.flatMap(({ file, key, round }) => {
    const [made] = suiteEntries([byFile.get(file) as LoadedExperiment]);
    return made === undefined ? [] : [{ ...made, key, round }];
  });
  const gone = new Set(rest.map(({ key }) => key));
  return { entries, done: new Map([...history.done].filter(([key]) => !gone.has(key))) };
}

/** Reverts what dead runs of a suite have left, before anything more is injected. Gives what remains, and a line for each revert. */
export async function revertDeadRuns(
  engine: Pick<Engine, 'scan' | 'revert'>,
  history: SuiteHistory,
): Promise<{ remaining: number; lines: string[] }> {
  const died = new Set(deadRuns(history));
  if (died.size === 0) return { remaining: 0, lines: [] };
  const scanned = await engine.scan({ deep: true });
  const left = scanned.injections.filter(({ run }) => run !== undefined && died.has(run));
  const blind = scanned.blind.map(
    ({ resource, reason }) => `could not look for what died among ${resource}: ${reason}`,
  );
  if (left.length === 0) return { remaining: 0, lines: blind };
  const { receipts } = await engine.revert(left);
  const lines = receipts.map(
    ({ type, object, outcome, verified }) =>
      `left by a run that died: ${type} on ${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}: ${outcome}, ${proofText({ outcome, verified })}`,
  );
  return { remaining: receipts.filter(({ verified }) => !verified).length, lines: [...blind, ...lines] };
}
