import type { FoundInjection } from '../injection/found-injection.ts';
import { isRestored, proofText, type Receipt } from '../injection/write/receipt.ts';
import type { ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { counted } from '../text/counted.ts';
import { age } from '../text/duration.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import { sanitise } from '../text/sanitise.ts';
import type { LockOut } from './lockout.ts';
import type { RevertResult, Step } from './revert-all.ts';
import type { ScanResult } from './scan/scan.ts';
import { type ClusterExperiment, experimentJson, experimentLine } from './stop/cluster-experiment.ts';
import { stopLine } from './stop/stop.ts';
import { tierAndAuthorityText } from './trust/authority-text.ts';
import { WAVES, waveOf } from './waves.ts';

const objectJson = ({ apiVersion, kind, namespace, name, uid }: ObjectRef) => ({
  apiVersion,
  kind,
  ...(namespace ? { namespace } : {}),
  name,
  ...(uid ? { uid } : {}),
});

/** One injection as JSON. `now` is server time, milliseconds since the epoch. */
export function findingJson(finding: FoundInjection, now: number) {
  const { id, type, object, state, source, tool, experiment, run, by, injectedAt, expiresAt, message } = finding;
  return {
    id,
    type,
    object: objectJson(object),
    state,
    source,
    tool,
    ...(experiment ? { experiment } : {}),
    ...(run ? { run } : {}),
    ...(by ? { by } : {}),
    ...(injectedAt === undefined ? {} : { injectedAt: rfc3339(injectedAt) }),
    ...(expiresAt === undefined ? {} : { expiresAt: rfc3339(expiresAt) }),
    ...(expiresAt !== undefined && now > expiresAt ? { overdueSeconds: Math.floor((now - expiresAt) / 1000) } : {}),
    ...(message ? { message } : {}),
  };
}

/** The JSON shape of `mayday scan`. */
export const scanJson = (result: ScanResult, now: number) => ({
  injections: result.injections.map(finding => findingJson(finding, now)),
  /** The framework's experiments; `willInject`: the controller will inject it as soon as it handles it. */
  experiments: result.experiments.map(experiment => experimentJson(experiment, now)),
  blind: result.blind,
  /** Resources that could not be read and that the scan would have ignored. */
  notes: result.notes,
  ignored: result.ignored,
  scanned: result.scanned,
});

/**
 * `verified` refers to values. If only marks were removed, `marksOff` says whether they were read back as gone.
 */
export const receiptJson = (receipt: Receipt) => ({
  ...receipt,
  object: objectJson(receipt.object),
  verified: isRestored(receipt),
  ...(receipt.outcome === 'stripped' ? { marksOff: receipt.verified } : {}),
});

/** The JSON shape of `mayday revert`; a dry run has `steps` and no receipts. */
export const revertJson = (result: RevertResult, now: number) => ({
  receipts: result.receipts.map(receiptJson),
  /** Null if nothing could be read: 0 would claim something that is not known. */
  remaining: isRemainUnknown(result) ? null : result.remaining,
  /** Without marks, and still as dead runs of this machine wrote it: no scan finds that. Counted in `remaining`. */
  unmarked: result.unmarked ?? [],
  blind: result.blind,
  ms: result.ms,
  steps: result.steps,
  lockOuts: result.lockOuts.map(({ configuration, ...rest }) => ({
    configuration: objectJson(configuration),
    ...rest,
  })),
  appeared: result.appeared.map(finding => findingJson(finding, now)),
  stops: result.stops.map(({ object, ...rest }) => ({ ...rest, object: objectJson(object) })),
  willInject: result.willInject.map(experiment => experimentJson(experiment, now)),
});

/** Whether the count of remaining injections is 0 only because nothing could be read. */
export const isRemainUnknown = (result: RevertResult): boolean => result.isAllBlind && result.remaining === 0;

const owner = (finding: FoundInjection): string => (finding.by ? `${finding.tool} (${finding.by})` : finding.tool);

/** One line of a scan. */
export function findingLine(finding: FoundInjection, now: number): string {
  const when = finding.injectedAt === undefined ? '' : `  ${age(now - finding.injectedAt)} ago`;
  const overdue =
    finding.expiresAt !== undefined && now > finding.expiresAt ? `  OVERDUE ${age(now - finding.expiresAt)}` : '';
  const why =
    finding.message && finding.state !== 'injected'
      ? `  ${finding.message}`
      : finding.message?.startsWith('this version')
        ? `  ${finding.message}`
        : '';
  return sanitise(
    `${finding.state.toUpperCase().padEnd(9)} ${finding.type.padEnd(21)} ${nameOf(finding.object)}  by ${owner(finding)}${when}${overdue}${why}`,
  );
}

/** The text of `mayday scan`. It says zero only if nothing was blind. */
export function scanText(result: ScanResult, now: number, unmarked: readonly string[] = []): string[] {
  const { injections, blind, scanned } = result;
  const foreign = injections.filter(({ state }) => state === 'foreign').length;
  const ours = injections.length - foreign;
  const others = foreign === 0 ? '' : ` and ${foreign} of other tools, which are never touched`;
  const found = `${counted(ours, 'injection')}${others}`;
  const scannedText = `${scanned.resources} kinds, ${scanned.objects} objects, ${scanned.requests} requests, ${(scanned.ms / 1000).toFixed(2)}s`;
  const last =
    blind.length > 0
      ? `${found} found, but blind to ${blind.length}: there may be more`
      : injections.length === 0
        ? unmarked.length === 0
          ? 'no injections'
          : `no injections with marks, but ${unmarked.length} whose marks were taken off`
        : `${found} found`;
  return [
    ...injections.map(finding => findingLine(finding, now)),
    ...experimentsText(result.experiments, now),
    ...blind.map(one => `BLIND     ${one.resource}: ${one.reason}`),
    ...result.notes.map(one => `NOTE      ${one.resource}: ${one.reason}; a scan looks for nothing there`),
    ...unmarked.map(unmarkedLine),
    ...(foreign > 0 ? ['OTHERS    `revert --all --others` asks their own tools to stop them'] : []),
    `${last}  (${scannedText})`,
  ];
}

/** Finished experiments that a scan shows one by one. */
const SHOWN_OVER = 20;

/**
 * The experiments of the framework's controller: first those that are not over, then those that are, then those that
 * will inject again.
 */
function experimentsText(experiments: readonly ClusterExperiment[], now: number): string[] {
  const over = experiments.filter(({ state }) => state === 'over');
  const rest = experiments.filter(({ state }) => state !== 'over');
  const pending = rest.filter(({ state }) => state === 'pending');
  const suites = [...new Set(pending.flatMap(({ suite }) => suite ?? []))];
  return [
    ...[...rest, ...over.slice(0, SHOWN_OVER)].map(experiment => experimentLine(experiment, now)),
    ...(over.length > SHOWN_OVER
      ? [`OVER      ${over.length - SHOWN_OVER} more experiments; -o json has them all`]
      : []),
    ...(pending.length === 0
      ? []
      : [
          `WILL INJECT AGAIN: ${counted(pending.length, 'experiment is', 'experiments are')} pending${suites.length === 0 ? '' : ` (suite ${suites.join(', ')})`}; revert --all stops them`,
        ]),
  ];
}

/** A line about the injections that a selection left out because their experiment or age is not known; no line if there are none. */
export const undeterminedText = (untold: readonly FoundInjection[]): string[] =>
  untold.length === 0
    ? []
    : [
        `${untold.length} left out: their experiment or age is not recorded (${untold[0]?.id}${untold.length > 1 ? ', …' : ''})`,
      ];

const MARK: Record<Receipt['outcome'], string> = {
  reverted: '✓ reverted',
  'already-restored': '✓ was restored',
  gone: '✓ gone',
  stripped: '✓ stripped',
  diverged: '⚑ DIVERGED',
  unconfirmed: '? UNCONFIRMED',
  failed: '✗ FAILED',
};

/** ` stripped 2`, to follow the number of verified ones; empty if there are none. */
export function strippedText(receipts: readonly Receipt[]): string {
  const stripped = receipts.filter(({ outcome, verified }) => outcome === 'stripped' && verified).length;
  return stripped === 0 ? '' : `   stripped ${stripped}`;
}

/** One line of a revert. */
export function receiptLine(receipt: Receipt): string {
  const wave = WAVES[waveOf(receipt)] ?? '';
  return sanitise(
    `${MARK[receipt.outcome].padEnd(15)} ${wave.padEnd(8)} ${receipt.type} ${nameOf(receipt.object)}  ${proofText(receipt)}  ${receipt.requests} req ${(receipt.ms / 1000).toFixed(2)}s  ${receipt.message}`,
  );
}

/** One line that says beforehand which webhook will refuse which restores. */
export const lockOutLine = ({ says }: LockOut): string => sanitise(`LOCKED OUT ${says}`, 500);

/** One line about an object that lost its marks and still holds a value that mayday wrote. */
export const unmarkedLine = (text: string): string => `UNMARKED  ${text}`;

/** The longest line of a step; so long that the reason for asking a person is never cut off. */
const STEP_LENGTH = 20_000;

/** One line of a dry run: what would be done, and by which authority. */
function stepLine(step: Step): string {
  const word = tierAndAuthorityText(step);
  const text = `${step.wave.padEnd(8)} ${step.action.padEnd(13)} ${step.id}  ${step.says}`;
  return sanitise(`${text}${word === '' ? '' : `  [${word}]`}`, STEP_LENGTH);
}

/** The last line of a dry run. */
function dryRunLine({ steps }: RevertResult): string {
  const asked = steps.filter(({ needs }) => needs !== undefined).length;
  const person =
    asked === 0 ? '' : `, ${asked} of them only once a person has confirmed ${asked === 1 ? 'it' : 'them'}`;
  return `would revert ${steps.length}${person}; nothing was written`;
}

/** The last line of a revert: the number that remain. */
export function remainLine(result: RevertResult): string {
  const verified = result.receipts.filter(isRestored).length;
  const requests = result.receipts.reduce((sum, receipt) => sum + receipt.requests, 0);
  const blind = result.blind.length > 0 ? `  blind to ${result.blind.length}: there may be more` : '';
  const appeared = result.appeared.length > 0 ? `  ${result.appeared.length} new since the scan` : '';
  const stopped = result.stops.filter(({ verified }) => verified).length;
  const running = result.stops.length - stopped;
  const stops =
    result.stops.length === 0 ? '' : `  stopped ${stopped}${running === 0 ? '' : `  NOT stopped ${running}`}`;
  const orders = result.willInject.length === 0 ? '' : `  ${result.willInject.length} WILL INJECT again`;
  const remain = isRemainUnknown(result) ? 'unknown' : String(result.remaining);
  return `REMAIN ${remain}   verified ${verified}${strippedText(result.receipts)}   requests ${requests}   ${(result.ms / 1000).toFixed(1)}s${stops}${appeared}${orders}${blind}`;
}

/** The text of `mayday revert`. */
export function revertText(result: RevertResult, options: { dryRun: boolean }): string[] {
  const locked = result.lockOuts.map(lockOutLine);
  if (options.dryRun) return [...locked, ...result.steps.map(stepLine), dryRunLine(result)];
  return [
    ...locked,
    ...result.receipts.map(receiptLine),
    ...result.stops.map(stopLine),
    ...result.willInject.map(experiment => `WILL INJECT again: ${experiment.id}`),
    ...(result.unmarked ?? []).map(unmarkedLine),
    ...result.blind.map(one => `BLIND ${one.resource}: ${one.reason}`),
    remainLine(result),
  ];
}

/**
 * 0: everything is proven restored, every injector is stopped, and nothing was blind. 7: something remains or will
 * inject, or it is unknown how much remains. 8: nothing visible remains, but something could not be read.
 */
export function revertExitCode(result: RevertResult): number {
  if (result.remaining > 0 || result.appeared.length > 0 || isRemainUnknown(result)) return 7;
  if (result.willInject.length > 0 || result.stops.some(({ verified }) => !verified)) return 7;
  return result.blind.length > 0 ? 8 : 0;
}

/** 0 if the whole cluster was read, with or without injections; 8 if a part of it could not be read. */
export const scanExitCode = (result: ScanResult): number => (result.blind.length > 0 ? 8 : 0);
