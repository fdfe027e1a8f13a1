import type { Restore } from '../faults/contract.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import { type Receipt, withUpdated } from '../injection/write/receipt.ts';
import { pooled } from '../kube/client/pooled.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Blind } from './blind.ts';
import type { RevertDeps } from './deps.ts';
import { type Intended, type LockOut, lockOuts, readHooks } from './lockout.ts';
import { overwritten } from './read-back/still-held.ts';
import { type Choices, optionsFor } from './restore/choices.ts';
import { unownedAfter } from './restore/hand-over.ts';
import type { RestoreOptions } from './restore/restore.ts';
import { strippingWrite } from './restore/strip-marks.ts';
import { AT_ONCE, deletedSince, inRounds, type RoundEvent, type Terminating } from './rounds.ts';
import { type Decision, decide } from './scan/classify.ts';
import { type ScanOptions, type ScanResult, scan } from './scan/scan.ts';
import type { ClusterExperiment } from './stop/cluster-experiment.ts';
import type { Stop } from './stop/stop.ts';
import { judge } from './trust/judge.ts';
import { type ScopeOf, scopesIn } from './trust/scope.ts';
import { wordMembers } from './trust/words.ts';
import { intoWaves, WAVES } from './waves.ts';

/** What would be, or was, done about one finding. */
export interface Step extends Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'> {
  id: string;
  wave: string;
  /** `leave`: nothing may be done; `says` gives the reason. */
  action: 'restore' | 'strip-markers' | 'ask' | 'leave' | 'stop';
  says: string;
  writes: string[];
}

export type RevertEvent =
  /** Before anything is written: which webhooks will refuse what. */
  { event: 'locked-out'; lockOuts: LockOut[] } | RoundEvent | { event: 'stopped'; stop: Stop } | { event: 'rescan' };

export interface RevertOptions extends RestoreOptions, Choices {
  /** Decide and say, write nothing. */
  dryRun?: boolean;
  /** Items of a wave that are restored side by side. */
  width?: number;
  emit?: (event: RevertEvent) => void;
  /** Findings of lists that end late: restored at the same time as the rest, which does not wait for them. */
  later?: () => Promise<readonly FoundInjection[]>;
  /** The second scan; the whole cluster, deep, unless told. */
  rescan?: Pick<ScanOptions, 'deep' | 'namespace' | 'doubtful'>;
  /** How long blocked restores are tried again, milliseconds; 30 s unless given. */
  retryForMs?: number;
  /** How long to wait, after its deletion, for an object that is Terminating, milliseconds; 1 min unless given. */
  terminatingMs?: number;
  /** Everything that the first scan showed, chosen or not, to recognise new injections; the findings unless given. */
  shown?: readonly FoundInjection[];
}

export interface RevertResult {
  steps: Step[];
  receipts: Receipt[];
  /** Of the findings that were to be reverted, how many the second scan still shows or a receipt could not prove. */
  remaining: number;
  /** Injections of the second scan that were not among the findings: somebody is still injecting. */
  appeared: FoundInjection[];
  /** The second scan could not list one single resource: 0 remaining would be no finding but ignorance. */
  isUnseen: boolean;
  lockOuts: LockOut[];
  /** Objects without marks that still hold what dead runs of this machine wrote, a sentence each. They count as remaining. */
  unmarked?: readonly string[];
  blind: Blind[];
  /** Every injection that the second scan shows. */
  left: readonly FoundInjection[];
  /**
   * What became of the injectors: experiments of the framework's controller, and other tools where that was requested.
   */
  stops: Stop[];
  /** Experiments that would still inject although everything was to be stopped: somebody creates new ones. */
  willInject: ClusterExperiment[];
  ms: number;
}

/**
 * Restores everything that was found, in waves, the findings of a wave in parallel; what was blocked is tried again in
 * the next round, until nothing changes any more. Then scans again: the number that remains comes from that scan, not
 * from the receipts.
 */
export async function revertAll(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: RevertOptions = {},
): Promise<RevertResult> {
  const began = deps.clock.monotonic();
  const hooks = findings.length === 0 ? Promise.resolve([]) : readHooks(deps.api);
  const { steps, intended, terminating } = await plan(deps, findings, options);
  const { lockOuts: locked, blind: unforeseen } = await lockOuts(deps.api, intended, hooks);
  if (locked.length > 0) options.emit?.({ event: 'locked-out', lockOuts: locked });
  const took = () => Math.round(deps.clock.monotonic() - began);
  const unread = unforeseen === undefined ? [] : [{ resource: 'webhookconfigurations', reason: unforeseen }];
  if (options.dryRun) {
    const nothing = {
      receipts: [],
      remaining: findings.length,
      appeared: [],
      isUnseen: false,
      left: findings,
      stops: [],
      willInject: [],
    };
    return { steps, ...nothing, lockOuts: locked, blind: unread, ms: took() };
  }
  const [first, late] = await Promise.all([
    inRounds(deps, findings, terminating, options),
    lateOnes(deps, findings, options),
  ]);
  const all = [...findings, ...late.findings];
  const told = [...first, ...late.receipts].map(receipt => withLockOut(receipt, locked));
  options.emit?.({ event: 'rescan' });
  const second = await scan(deps, { deep: true, ...options.rescan });
  const since = await overwritten(deps, all, told, options);
  for (const receipt of since) options.emit?.({ event: 'receipt', receipt, final: true });
  const receipts = withUpdated(told, since);
  const undone = new Set(since.filter(({ verified }) => !verified).map(({ id }) => id));
  const left = remainingIds(all, receipts, second);
  const known = new Set([...all, ...(options.shown ?? [])].map(finding => finding.id));
  const appeared = second.injections.filter(({ id, state }) => !known.has(id) && state !== 'foreign');
  const isUnseen = second.scanned.read === 0;
  return {
    steps,
    receipts,
    remaining: left.size,
    appeared,
    isUnseen,
    lockOuts: locked,
    blind: second.blind,
    left: [...second.injections, ...all.filter(({ id }) => undone.has(id))],
    stops: [],
    willInject: [],
    ms: took(),
  };
}

/** Adds to the receipt of a refused restore which webhook refused it, where that was predicted. */
function withLockOut(receipt: Receipt, locked: readonly LockOut[]): Receipt {
  const by = locked.filter(({ blocks }) => blocks.includes(receipt.id));
  if (receipt.outcome !== 'failed' || by.length === 0) return receipt;
  const who = by.map(
    ({ configuration, webhook, service }) =>
      `${configuration.kind} ${configuration.name} (${webhook}; service ${service} has no ready endpoint)`,
  );
  return { ...receipt, message: sanitise(`${receipt.message}; locked out by ${who.join(', ')}`, 600) };
}

/** The authority by which it would be done. Leaving an object alone, or only removing its marks, needs none. */
function wordFor(
  decision: Decision & { restore: Exclude<Restore, { is: 'corrupt' }> },
  { force = false, stripMarks = false, trust = {} }: RestoreOptions,
  scopeOf: ScopeOf,
): ReturnType<typeof wordMembers> | undefined {
  const { finding, restore } = decision;
  if (restore.is === 'diverged' && !force) return undefined;
  if (stripMarks && strippingWrite(decision) !== undefined) return undefined;
  return wordMembers(judge(finding, restore.writes, trust, scopeOf));
}

/** What will be done about each finding, in the order in which it is done. The dry run and the real run share it. */
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
        const word = wordFor({ ...decision, restore }, optionsFor(found, options), scopeOf);
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

async function lateOnes(
  deps: RevertDeps,
  known: readonly FoundInjection[],
  options: RevertOptions,
): Promise<{ findings: readonly FoundInjection[]; receipts: Receipt[] }> {
  const ids = new Set(known.map(({ id }) => id));
  const findings = ((await options.later?.()) ?? []).filter(({ id }) => !ids.has(id));
  return { findings, receipts: await inRounds(deps, findings, new Map(), options) };
}

/** A finding remains when the second scan shows it, or, since a blind scan shows nothing, when its receipt proves nothing. */
function remainingIds(
  findings: readonly FoundInjection[],
  receipts: readonly Receipt[],
  second: ScanResult,
): Set<string> {
  const seen = new Set(second.injections.map(finding => finding.id));
  const proven = new Set(receipts.filter(receipt => receipt.verified).map(receipt => receipt.id));
  return new Set(findings.map(finding => finding.id).filter(id => seen.has(id) || !proven.has(id)));
}
