import type { Restore } from '../faults/contract.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import { type Receipt, withUpdated } from '../injection/write/receipt.ts';
import { pooled } from '../kube/client/pooled.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Blind } from './blind.ts';
import type { RevertDeps } from './deps.ts';
import { type Intended, type LockOut, lockOuts, readHooks } from './lockout.ts';
import { overwrittenReceipts } from './read-back/still-held.ts';
import { type Choices, optionsFor } from './restore/choices.ts';
import { unownedAfter } from './restore/hand-over.ts';
import type { RestoreOptions } from './restore/restore.ts';
import { strippingWrite } from './restore/strip-marks.ts';
import { AT_ONCE, deletedSince, inRounds, type RoundEvent, type Terminating } from './rounds.ts';
import { type Decision, decide } from './scan/classify.ts';
import { type ScanOptions, type ScanResult, scan } from './scan/scan.ts';
import type { ClusterExperiment } from './stop/cluster-experiment.ts';
import type { Stop } from './stop/stop.ts';
import { authorityMembers } from './trust/authority-text.ts';
import { judge } from './trust/judge.ts';
import { type ScopeOf, scopesIn } from './trust/scope.ts';
import { intoWaves, WAVES } from './waves.ts';

/** What a revert does about one found injection. */
export interface Step extends Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'> {
  id: string;
  wave: string;
  /** `leave`: nothing may be done; `says` gives the reason. */
  action: 'restore' | 'strip-markers' | 'ask' | 'leave' | 'stop';
  says: string;
  writes: string[];
}

export type RevertEvent =
  /** Sent before the first write: which webhooks will refuse which restores. */
  { event: 'locked-out'; lockOuts: LockOut[] } | RoundEvent | { event: 'stopped'; stop: Stop } | { event: 'rescan' };

export interface RevertOptions extends RestoreOptions, Choices {
  /** Only decide and report; write nothing. */
  dryRun?: boolean;
  /** How many injections of a wave are restored in parallel. */
  width?: number;
  emit?: (event: RevertEvent) => void;
  /** Injections found by lists that end late; restored in parallel with the others, which do not wait for them. */
  later?: () => Promise<readonly FoundInjection[]>;
  /** Options of the second scan; by default deep and of the whole cluster. */
  rescan?: Pick<ScanOptions, 'deep' | 'namespace' | 'doubtful'>;
  /** How long blocked restores are tried again, milliseconds; 30 s unless given. */
  retryForMs?: number;
  /** How long to wait, after its deletion, for an object that is Terminating, milliseconds; 1 min unless given. */
  terminatingMs?: number;
  /** All injections of the first scan, selected or not, to recognise new ones; by default the selected ones. */
  shown?: readonly FoundInjection[];
}

export interface RevertResult {
  steps: Step[];
  receipts: Receipt[];
  /** How many of the injections to revert the second scan still shows, or have a receipt that is not verified. */
  remaining: number;
  /** Injections of the second scan that the first one did not show: somebody is still injecting. */
  appeared: FoundInjection[];
  /** The second scan could not list any resource, so that a count of 0 would mean nothing. */
  isAllBlind: boolean;
  lockOuts: LockOut[];
  /** Objects without marks that still hold what dead runs of this machine wrote, a sentence each. They count as remaining. */
  unmarked?: readonly string[];
  blind: Blind[];
  /** Every injection that the second scan shows. */
  left: readonly FoundInjection[];
  /**
   * The results of stopping the injectors: experiments of the framework's controller, and other tools if requested.
   */
  stops: Stop[];
  /** Experiments that will still inject although everything was to be stopped: somebody creates new ones. */
  willInject: ClusterExperiment[];
  ms: number;
}

/**
 * Restores all found injections, wave after wave, those of a wave in parallel. Blocked ones are tried again in the next
 * round, until nothing changes any more. Then scans again: the number that remains comes from that scan and from the
 * receipts that are not verified.
 */
export async function revertAll(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: RevertOptions = {},
): Promise<RevertResult> {
  const began = deps.clock.monotonic();
  const hooks = findings.length === 0 ? Promise.resolve([]) : readHooks(deps.api);
  const { steps, intended, terminating } = await plan(deps, findings, options);
  const { lockOuts: locked, blind: lockOutsBlind } = await lockOuts(deps.api, intended, hooks);
  if (locked.length > 0) options.emit?.({ event: 'locked-out', lockOuts: locked });
  const took = () => Math.round(deps.clock.monotonic() - began);
  const unread = lockOutsBlind === undefined ? [] : [{ resource: 'webhookconfigurations', reason: lockOutsBlind }];
  if (options.dryRun) {
    const nothing = {
      receipts: [],
      remaining: findings.length,
      appeared: [],
      isAllBlind: false,
      left: findings,
      stops: [],
      willInject: [],
    };
    return { steps, ...nothing, lockOuts: locked, blind: unread, ms: took() };
  }
  const [first, late] = await Promise.all([
    inRounds(deps, findings, terminating, options),
    revertLate(deps, findings, options),
  ]);
  const all = [...findings, ...late.findings];
  const firstReceipts = [...first, ...late.receipts].map(receipt => withLockOut(receipt, locked));
  options.emit?.({ event: 'rescan' });
  const second = await scan(deps, { deep: true, ...options.rescan });
  const since = await overwrittenReceipts(deps, all, firstReceipts, options);
  for (const receipt of since) options.emit?.({ event: 'receipt', receipt, final: true });
  const receipts = withUpdated(firstReceipts, since);
  const undone = new Set(since.filter(({ verified }) => !verified).map(({ id }) => id));
  const left = remainingIds(all, receipts, second);
  const known = new Set([...all, ...(options.shown ?? [])].map(finding => finding.id));
  const appeared = second.injections.filter(({ id, state }) => !known.has(id) && state !== 'foreign');
  const isAllBlind = second.scanned.read === 0;
  return {
    steps,
    receipts,
    remaining: left.size,
    appeared,
    isAllBlind,
    lockOuts: locked,
    blind: second.blind,
    left: [...second.injections, ...all.filter(({ id }) => undone.has(id))],
    stops: [],
    willInject: [],
    ms: took(),
  };
}

/** Adds the webhook that was predicted to refuse a restore to its failed receipt. */
function withLockOut(receipt: Receipt, locked: readonly LockOut[]): Receipt {
  const by = locked.filter(({ blocks }) => blocks.includes(receipt.id));
  if (receipt.outcome !== 'failed' || by.length === 0) return receipt;
  const who = by.map(
    ({ configuration, webhook, service }) =>
      `${configuration.kind} ${configuration.name} (${webhook}; service ${service} has no ready endpoint)`,
  );
  return { ...receipt, message: sanitise(`${receipt.message}; locked out by ${who.join(', ')}`, 600) };
}

/** The authority for a restore. Leaving an object as it is, or only removing its marks, needs none. */
function authorityOfStep(
  decision: Decision & { restore: Exclude<Restore, { is: 'corrupt' }> },
  { force = false, stripMarks = false, trust = {} }: RestoreOptions,
  scopeOf: ScopeOf,
): ReturnType<typeof authorityMembers> | undefined {
  const { finding, restore } = decision;
  if (restore.is === 'diverged' && !force) return undefined;
  if (stripMarks && strippingWrite(decision) !== undefined) return undefined;
  return authorityMembers(judge(finding, restore.writes, trust, scopeOf));
}

/** What will be done about each found injection, in this order. The dry run and the real run share it. */
async function plan(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: RevertOptions,
): Promise<{ steps: Step[]; intended: Intended[]; terminating: Terminating }> {
  const terminating = new Map<string, number>();
  const waves = intoWaves(findings);
  const discovery = await deps.api.discovery();
  const scopeOf = scopesIn(discovery.ok ? discovery.value : undefined);
  const planned = await Promise.all(
    waves.map((wave, index) =>
      pooled(wave, AT_ONCE, async found => {
        const decision = deps.decisions?.recent(found) ?? (await decide(deps.api, deps.faultOf, found));
        const { finding, restore, live } = decision;
        const since = deletedSince(live);
        if (since !== undefined) terminating.set(finding.id, since);
        const common = { id: finding.id, wave: WAVES[index] ?? '', says: restore?.says ?? finding.message ?? '' };
        if (!restore || restore.is === 'corrupt')
          return { step: { ...common, action: 'leave', writes: [] } satisfies Step, intended: { finding, writes: [] } };
        const action = restore.is === 'restore' ? 'restore' : restore.is === 'diverged' ? 'ask' : 'strip-markers';
        const word = authorityOfStep({ ...decision, restore }, optionsFor(found, options), scopeOf);
        const writes = restore.writes.map(write => write.says);
        const says = [common.says, ...unownedAfter(restore.writes)].join('; ');
        const step = { ...common, says, action, writes, ...word } satisfies Step;
        return { step, intended: { finding, writes: restore.writes } };
      }),
    ),
  );
  const all = planned.flat();
  return { steps: all.map(({ step }) => step), intended: all.map(one => one.intended), terminating };
}

async function revertLate(
  deps: RevertDeps,
  known: readonly FoundInjection[],
  options: RevertOptions,
): Promise<{ findings: readonly FoundInjection[]; receipts: Receipt[] }> {
  const ids = new Set(known.map(({ id }) => id));
  const findings = ((await options.later?.()) ?? []).filter(({ id }) => !ids.has(id));
  return { findings, receipts: await inRounds(deps, findings, new Map(), options) };
}

/** An injection remains if the second scan shows it, or if its receipt is not verified, because the scan may have been blind. */
function remainingIds(
  findings: readonly FoundInjection[],
  receipts: readonly Receipt[],
  second: ScanResult,
): Set<string> {
  const seen = new Set(second.injections.map(finding => finding.id));
  const proven = new Set(receipts.filter(receipt => receipt.verified).map(receipt => receipt.id));
  return new Set(findings.map(finding => finding.id).filter(id => seen.has(id) || !proven.has(id)));
}
