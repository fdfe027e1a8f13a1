import { faultOf } from '../faults/registry.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import { batchedReads } from '../kube/client/lists/batched-reads.ts';
import { revertNotices } from '../notify/notice.ts';
import { openRevertRecord, type RevertRecord, revertJournalPath } from '../records/revert-record.ts';
import type { LeftUnmarked } from '../records/unfinished-lines.ts';
import type { RevertResult, Step } from '../revert/revert-all.ts';
import type { Decisions } from '../revert/scan/decisions.ts';
import { type StopOptions, stopEverything } from '../revert/stop/stop-everything.ts';
import { type EngineDeps, readOnlyDeps } from './deps.ts';
import type { Identity } from './identity.ts';
import { readTrust } from './trust.ts';
import { acceptUnmarked, unmarkedLeft, withUnmarked } from './unfinished-runs.ts';

/** What to revert and stop; `accepted` is what dead runs left without marks, and a person accepts as it is. */
export interface RevertOrder extends StopOptions {
  accepted?: readonly LeftUnmarked[];
}

/** A revert and the path of its receipts; no path if nothing had to be written. `unkept` says why the disk refused them. */
export interface Reverted extends RevertResult {
  recordPath?: string;
  unkept?: string;
  /** Why journals of this machine were not trusted. */
  untrusted?: string;
}

/** Reverts with the trust of this machine, and writes the receipts to the disk. */
export async function revertRecorded(
  deps: EngineDeps,
  { identity, decisions }: { identity: Identity; decisions: Decisions },
  findings: readonly FoundInjection[],
  { accepted = [], ...given }: RevertOrder,
): Promise<Reverted> {
  const { api, clock, stateDir } = deps;
  const stopping = (given.experiments?.length ?? 0) + (given.others?.length ?? 0);
  const isNothing = findings.length + stopping + accepted.length === 0 && given.later === undefined;
  const withJournals = async (result: RevertResult): Promise<RevertResult> =>
    given.everything && !given.dryRun
      ? withUnmarked(result, await unmarkedLeft(deps, identity, given.rescan?.namespace, result.receipts))
      : result;
  if (isNothing) return withJournals(await stopEverything(readOnlyDeps(deps), findings, given));
  const { untrusted, ...here } = await readTrust(deps, identity);
  const ofJournals = untrusted === undefined ? {} : { untrusted };
  const options = { ...given, trust: { ...here, ...given.trust } };
  if (options.dryRun) {
    const planned = await stopEverything(readOnlyDeps(deps), findings, options);
    return { ...planned, steps: [...planned.steps, ...accepted.map(acceptStep)], ...ofJournals };
  }
  const head = await identity.header();
  const record = recordOf(deps, head, findings, options);
  const revertDeps = { api: batchedReads(api.urgent ?? api), clock, faultOf, journal: record, decisions };
  const emit = kept(record, options.emit);
  const stopped = await stopEverything(revertDeps, findings, { ...options, emit });
  const settled = await acceptUnmarked(deps, revertDeps, accepted);
  for (const receipt of settled) emit({ event: 'receipt', receipt, final: true });
  const result = await withJournals(withAccepted(stopped, settled, given.everything === true));
  record.end(result);
  const at = Math.round(api.serverTime().now);
  for (const notice of revertNotices(result, { ...head, at })) deps.notifier?.send(notice);
  const unkept = await record.close();
  return {
    ...result,
    recordPath: revertJournalPath(stateDir, head.run),
    ...(unkept === undefined ? {} : { unkept }),
    ...ofJournals,
  };
}

/** The step of a dry run for what a person accepts as it is. */
const acceptStep = ({ id, says }: LeftUnmarked): Step => ({
  id,
  wave: '',
  action: 'strip-markers',
  says: `accept it as it is: ${says}`,
  writes: ['give up the ownership of the fields that mayday wrote; no value is changed'],
});

/** Adds the receipts of what was accepted. When everything is reverted, what remains is read from the journals again. */
const withAccepted = (result: RevertResult, receipts: readonly Receipt[], everything: boolean): RevertResult => ({
  ...result,
  receipts: [...result.receipts, ...receipts],
  remaining: result.remaining + (everything ? 0 : receipts.filter(({ verified }) => !verified).length),
});

const recordOf = (
  { files, stateDir }: EngineDeps,
  head: Awaited<ReturnType<Identity['header']>>,
  findings: readonly FoundInjection[],
  { force, stripMarks, choices }: StopOptions,
): RevertRecord =>
  openRevertRecord(files, stateDir, {
    ...head,
    findings: findings.map(({ id, type, object, tool }) => ({ id, type, object, tool })),
    force: force === true,
    ...(stripMarks ? { stripMarks: true } : {}),
    ...(choices ? { choices: Object.fromEntries(choices) } : {}),
  });

/** Writes every event to the record before it is emitted. */
const kept =
  (record: RevertRecord, emit: StopOptions['emit']): NonNullable<StopOptions['emit']> =>
  event => {
    if (event.event === 'receipt') record.receipt(event.receipt, event.final);
    if (event.event === 'stopped') record.stopped(event.stop);
    emit?.(event);
  };
