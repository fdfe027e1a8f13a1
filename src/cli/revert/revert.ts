import type { Engine } from '../../engine/engine.ts';
import type { Reverted } from '../../engine/recorded-revert.ts';
import { faultOf } from '../../faults/registry.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Api } from '../../kube/client/api.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import {
  lockOutLine,
  receiptLine,
  remainLine,
  revertExitCode,
  revertJson,
  revertText,
  scanExitCode,
  undeterminedText,
  unmarkedLine,
} from '../../revert/report.ts';
import type { RevertEvent, RevertResult } from '../../revert/revert-all.ts';
import { type Choice, choose, chooseExperiments, isChoosing } from '../../revert/scan/choose.ts';
import type { ScanResult } from '../../revert/scan/scan.ts';
import type { ClusterExperiment } from '../../revert/stop/cluster-experiment.ts';
import { stopLine } from '../../revert/stop/stop.ts';
import type { Trust } from '../../revert/trust/judge.ts';
import { review } from '../../revert/trust/review.ts';
import { latchAll, releaseAllLocks, withoutForeign } from '../../runtime/emergency.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import { revertInTurn } from '../../runtime/revert-in-turn.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { choiceOf } from '../choice.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { CommandFailure, type ExitCode } from '../failure.ts';
import { expectNamespace } from '../namespace.ts';
import { notRecordedLines } from '../not-recorded.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { askToRevert, askToStopOthers } from './consent.ts';
import { firstScan } from './first-scan.ts';

/** `mayday revert`: scans, reverts, verifies, scans again. Interrupting it does not stop reverts that have begun. */
export const revertCommand: CommandBody = invocation => {
  const ids = invocation.args[0] as string[];
  const choice = choiceOf(invocation.options);
  if (invocation.options.all !== true && ids.length === 0 && !isChoosing(choice)) {
    throw new CommandFailure(
      'expected --all or the ids of injections (or --type, --experiment, --older-than), found none; `mayday scan -o json` lists ids',
    );
  }
  return withCluster(invocation.globals, (api, runtime) => {
    const engine = engineFor(runtime, api);
    const waits = () => printNotice('another context reverts in the same cluster: this one begins when that has ended');
    return revertInTurn(
      runtime,
      api,
      engine,
      () => revertHere(invocation, { ids, choice }, { api, runtime, engine }),
      waits,
    );
  });
};

/** Looks, asks, reverts and shows what became of it, in one cluster. */
async function revertHere(
  invocation: Invocation,
  { ids, choice }: { ids: string[]; choice: Choice },
  { api, runtime, engine }: { api: Api; runtime: Runtime; engine: Engine },
): Promise<ExitCode> {
  const { namespace } = invocation.globals;
  const scope = namespace === undefined ? {} : { namespace };
  await expectNamespace(api, namespace);
  const dryRun = invocation.options.dryRun === true || invocation.globals.readOnly === true;
  // A person is asked once, about everything, so the whole scan is needed. Without a question the revert begins before slow lists have been read.
  const mayGoAhead = invocation.options.yes === true && ids.length === 0 && !dryRun;
  const look = await firstScan(engine, scope, mayGoAhead);
  const { scanned } = look;
  const isAll = ids.length === 0 && !isChoosing(choice);
  const accepted = await toAccept(engine, invocation, scanned, { ids, isAll });
  const { findings, undetermined } = choose(chosen(scanned, ids, accepted), choice, api.serverTime().now);
  printUndetermined(undetermined);
  const experiments = chosenExperiments(scanned, ids, choice, api.serverTime().now);
  const toStop = findings.length + experiments.length;
  const force = invocation.options.forceDiverged === true;
  const trust =
    !dryRun && (toStop + accepted.length > 0 || mayGoAhead)
      ? await askToRevert(invocation, {
          findings,
          experiments,
          accepted,
          now: api.serverTime().now,
          review: async () => review({ api, faultOf }, findings, { trust: await engine.trust(), force }),
        })
      : wouldTrust(invocation);
  const others = await askToStopOthers(invocation, othersOf(invocation, scanned), dryRun);
  const printStillReverting = () => printNotice('still reverting; what remains will be listed');
  process.on('SIGINT', printStillReverting).on('SIGTERM', printStillReverting).on('SIGHUP', printStillReverting);
  // In parallel with the restores: a webhook that does not answer would delay the latch, and must not delay them.
  const latching = isAll && toStop > 0 && !dryRun ? announceLatch(runtime, api, toStop) : undefined;
  const stream = linePrinter(invocation.globals);
  const streaming = invocation.globals.output === 'text' && !dryRun;
  const result = await engine.revert(findings, {
    dryRun,
    force,
    trust,
    stripMarks: invocation.options.stripMarks === true,
    rescan: { deep: true, ...scope, doubtful: new Set(scanned.blind.map(one => one.resource)) },
    ...look.later({
      findings: found => choose(withoutForeign(found), choice, api.serverTime().now).findings,
      experiments: found => chooseExperiments(found, choice, api.serverTime().now),
    }),
    shown: scanned.injections,
    experiments,
    everything: isAll,
    others,
    accepted,
    emit: eventPrinter(streaming ? stream : undefined),
  });
  await latching;
  const whole = withBlind(result, await look.whole);
  printRecordPath(result, streaming ? stream : undefined);
  show(invocation, whole, { dryRun, streaming, now: api.serverTime().now });
  if (isAll && !dryRun) await printFreed(api, whole, invocation);
  return exitCode(whole, scanned, dryRun);
}

/** A dry run shows what the same command would do without --dry-run. */
const wouldTrust = ({ options }: Invocation): Trust =>
  options.yes === true && options.trustRecords === true ? { everything: 'caller' } : {};

function printRecordPath(reverted: Reverted, stream: ((line: string) => void) | undefined): void {
  for (const line of notRecordedLines(reverted)) printNotice(line);
  const { unkept, recordPath } = reverted;
  if (unkept === undefined && recordPath !== undefined) stream?.(`receipts: ${recordPath}`);
}

function printUndetermined(undetermined: readonly FoundInjection[]): void {
  for (const line of undeterminedText(undetermined)) printNotice(line);
}

async function announceLatch(runtime: Runtime, api: Api, count: number): Promise<void> {
  const { says } = await latchAll(runtime, api, count);
  printNotice(says);
}

function eventPrinter(stream: ((line: string) => void) | undefined): (event: RevertEvent) => void {
  const printWaiting = once((says, forMs) =>
    printNotice(`waiting, ${Math.ceil(forMs / 1000)}s more at most: ${says.join('; ')}`),
  );
  return event => {
    if (event.event === 'waiting') printWaiting(event.says, event.forMs);
    if (stream) for (const line of eventLines(event)) stream(line);
  };
}

function eventLines(event: RevertEvent): string[] {
  if (event.event === 'locked-out') return event.lockOuts.map(lockOutLine);
  if (event.event === 'stopped') return [stopLine(event.stop)];
  return event.event === 'receipt' && event.final ? [receiptLine(event.receipt)] : [];
}

/** Frees locks, and prints them. Locks of other namespaces are kept where only one namespace was scanned. */
async function printFreed(api: Api, result: RevertResult, { globals }: Invocation): Promise<void> {
  if (globals.namespace !== undefined) return;
  for (const line of await releaseAllLocks(api, result)) printNotice(line);
}

/** Wraps a function so that a repeated line is printed once. */
function once(act: (says: readonly string[], forMs: number) => void): (says: readonly string[], forMs: number) => void {
  let last = '';
  return (says, forMs) => {
    if (says.join() !== last) act(says, forMs);
    last = says.join();
  };
}

/** What dead runs left without marks, and is to be accepted as it is: asked for by --strip-marks alone. */
async function toAccept(
  engine: Engine,
  { options, globals }: Invocation,
  scanned: ScanResult,
  { ids, isAll }: { ids: readonly string[]; isAll: boolean },
): Promise<LeftUnmarked[]> {
  const isAsked = options.stripMarks === true;
  const shown = new Set(scanned.injections.map(({ id }) => id));
  const others = ids.filter(id => !shown.has(id));
  if (!(isAsked && isAll) && others.length === 0) return [];
  const { unmarked } = await engine.unmarked(globals.namespace);
  const meant = isAll ? unmarked : unmarked.filter(({ id }) => others.includes(id));
  const [first] = meant;
  if (first !== undefined && !isAsked)
    throw new CommandFailure(
      `expected --strip-marks with ${first.id}, of which no record is left: it accepts the value as it is; nothing was reverted`,
    );
  return meant;
}

function chosen(scanned: ScanResult, ids: readonly string[], accepted: readonly LeftUnmarked[]): FoundInjection[] {
  if (ids.length === 0) return withoutForeign(scanned.injections);
  const known = new Set([...scanned.injections, ...scanned.experiments, ...accepted].map(({ id }) => id));
  const unknown = ids.filter(id => !known.has(id));
  if (unknown.length > 0) {
    throw new CommandFailure(
      `expected ids that a scan shows, found ${unknown.join(', ')}; \`mayday scan -o json\` lists ids`,
    );
  }
  return scanned.injections.filter(finding => ids.includes(finding.id));
}

function chosenExperiments(
  scanned: ScanResult,
  ids: readonly string[],
  choice: Choice,
  now: number,
): ClusterExperiment[] {
  const selection = chooseExperiments(scanned.experiments, choice, now);
  return ids.length === 0 ? selection : selection.filter(({ id }) => ids.includes(id));
}

const othersOf = ({ options }: Invocation, scanned: ScanResult): FoundInjection[] =>
  options.others === true ? scanned.injections.filter(({ state }) => state === 'foreign') : [];

/** Adds what the first scan could not read: a fault may have been there, even where the second scan read it. */
function withBlind(result: RevertResult, scanned: ScanResult): RevertResult {
  const seen = new Set(result.blind.map(one => one.resource));
  return { ...result, blind: [...result.blind, ...scanned.blind.filter(one => !seen.has(one.resource))] };
}

function show(
  { globals }: Invocation,
  result: RevertResult,
  { dryRun, streaming, now }: { dryRun: boolean; streaming: boolean; now: number },
): void {
  const rest = () =>
    streaming
      ? [
          ...result.willInject.map(({ id }) => `WILL INJECT again: ${id}`),
          ...(result.unmarked ?? []).map(unmarkedLine),
          ...result.blind.map(one => `BLIND ${one.resource}: ${one.reason}`),
          remainLine(result),
        ]
      : revertText(result, { dryRun });
  print(revertJson(result, now), globals, rest);
}

function exitCode(result: RevertResult, scanned: ScanResult, dryRun: boolean): ExitCode {
  return (dryRun ? scanExitCode(scanned) : revertExitCode(result)) as ExitCode;
}
