import type { Finding } from '../injection/finding.ts';
import type { Receipt } from '../injection/receipt.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Blind } from './blind.ts';
import { decide } from './classify.ts';
import { pooled, type RevertDeps } from './deps.ts';
import { type Intended, type LockOut, lockOuts } from './lockout.ts';
import { type Attempt, type RestoreOptions, restoreOne } from './restore.ts';
import { type ScanResult, scan } from './scan.ts';
import { intoWaves, WAVES } from './waves.ts';

/** What would be, or was, done about one finding. */
export interface Step {
  id: string;
  wave: string;
  /** `leave`: nothing may be done; `says` tells why. */
  action: 'restore' | 'strip-markers' | 'ask' | 'leave';
  says: string;
  writes: string[];
}

export type RevertEvent =
  /** Before anything is written: which webhooks will refuse what. */
  | { event: 'locked-out'; lockOuts: LockOut[] }
  | { event: 'round'; round: number; items: number }
  /** What the cluster must finish before the rest can be done, and why. */
  | { event: 'waiting'; ids: string[]; says: string[] }
  | { event: 'receipt'; receipt: Receipt; final: boolean }
  | { event: 'rescan' };

export interface RevertOptions extends RestoreOptions {
  /** Decide and say, write nothing. */
  dryRun?: boolean;
  /** Items of a wave that are restored side by side. */
  width?: number;
  emit?: (event: RevertEvent) => void;
  /** The second scan; the whole cluster, deep, unless told. */
  rescan?: { deep?: boolean; namespace?: string };
  /** Longest time for trying again what was blocked, milliseconds; 30 s unless told. */
  patienceMs?: number;
  /** Longest time for waiting until something Terminating is gone, milliseconds; 2 min unless told. */
  terminatingMs?: number;
  /** Everything that the first scan showed, chosen or not, so that what comes anew can be told; the findings unless told. */
  shown?: readonly Finding[];
}

export interface RevertResult {
  steps: Step[];
  receipts: Receipt[];
  /** Of the findings that were to be reverted, how many the second scan still shows or a receipt could not prove. */
  remaining: number;
  /** Injections that the second scan shows and that were not among the findings: somebody is still injecting. */
  appeared: Finding[];
  /** The second scan could not list one single resource: 0 remaining would be no finding but ignorance. */
  isUnseen: boolean;
  lockOuts: LockOut[];
  blind: Blind[];
  ms: number;
}

/**
 * Puts everything back that was found: in waves, each wave side by side; what was blocked goes into the next round, until nothing
 * changes any more. Then scans again: the number that remain is what that scan shows, not what the receipts say.
 */
export async function revertAll(
  deps: RevertDeps,
  findings: readonly Finding[],
  options: RevertOptions = {},
): Promise<RevertResult> {
  const began = deps.clock.monotonic();
  const { steps, intended } = await plan(deps, findings);
  const { lockOuts: locked, blind: unforeseen } = await lockOuts(deps.api, intended);
  if (locked.length > 0) options.emit?.({ event: 'locked-out', lockOuts: locked });
  const took = () => Math.round(deps.clock.monotonic() - began);
  const unread = unforeseen === undefined ? [] : [{ resource: 'webhookconfigurations', reason: unforeseen }];
  if (options.dryRun) {
    const nothing = { receipts: [], remaining: findings.length, appeared: [], isUnseen: false };
    return { steps, ...nothing, lockOuts: locked, blind: unread, ms: took() };
  }
  const receipts = (await inRounds(deps, findings, options)).map(receipt => withLockOut(receipt, locked));
  options.emit?.({ event: 'rescan' });
  const second = await scan(deps, { deep: true, ...options.rescan });
  const left = remainingIds(findings, receipts, second);
  const known = new Set([...findings, ...(options.shown ?? [])].map(finding => finding.id));
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
    ms: took(),
  };
}

/** A receipt of what was refused says by which webhook, where that was foreseen. */
function withLockOut(receipt: Receipt, locked: readonly LockOut[]): Receipt {
  const by = locked.filter(({ blocks }) => blocks.includes(receipt.id));
  if (receipt.outcome !== 'failed' || by.length === 0) return receipt;
  const who = by.map(
    ({ configuration, webhook, service }) =>
      `${configuration.kind} ${configuration.name} (${webhook}; service ${service} has no ready endpoint)`,
  );
  return { ...receipt, message: sanitise(`${receipt.message}; locked out by ${who.join(', ')}`, 600) };
}

/** What will be done about each finding, in the order in which it will be done. The dry run and the real one share it. */
async function plan(deps: RevertDeps, findings: readonly Finding[]): Promise<{ steps: Step[]; intended: Intended[] }> {
  const waves = intoWaves(findings);
  const planned = await Promise.all(
    waves.map((wave, index) =>
      pooled(wave, AT_ONCE, async found => {
        const { finding, restore } = await decide(deps.api, deps.faultOf, found);
        const common = { id: finding.id, wave: WAVES[index] ?? '', says: restore?.says ?? finding.message ?? '' };
        if (!restore || restore.kind === 'corrupt')
          return { step: { ...common, action: 'leave', writes: [] } satisfies Step, intended: { finding, writes: [] } };
        const action = restore.kind === 'restore' ? 'restore' : restore.kind === 'diverged' ? 'ask' : 'strip-markers';
        const step = { ...common, action, writes: restore.writes.map(write => write.says) } satisfies Step;
        return { step, intended: { finding, writes: restore.writes } };
      }),
    ),
  );
  const all = planned.flat();
  return { steps: all.map(({ step }) => step), intended: all.map(one => one.intended) };
}

/** Restores under way at once; the connection itself holds how many requests are. */
const AT_ONCE = 64;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
const PATIENCE_MS = 30_000;
/** A namespace with much in it takes this long to go; one that is held by a finalizer goes never. */
const TERMINATING_MS = 120_000;

/** Tries until everything is settled or a round changes nothing and patience is over. The receipt of each finding is its last. */
async function inRounds(deps: RevertDeps, findings: readonly Finding[], options: RevertOptions): Promise<Receipt[]> {
  const { patienceMs = PATIENCE_MS, terminatingMs = TERMINATING_MS } = options;
  const began = deps.clock.monotonic();
  const receipts = new Map<string, Receipt>();
  let open = [...findings];
  let pause = FIRST_PAUSE_MS;
  for (let number = 1; open.length > 0; number += 1) {
    options.emit?.({ event: 'round', round: number, items: open.length });
    const { blocked, waiting } = await round(deps, open, receipts, { ...options, scanned: number === 1 });
    const moved = blocked.length < open.length;
    open = blocked;
    if (open.length === 0) break;
    if (waiting.length > 0)
      options.emit?.({
        event: 'waiting',
        ids: waiting.map(({ id }) => id),
        says: waiting.map(({ message }) => message),
      });
    const longest = waiting.length > 0 ? Math.max(patienceMs, terminatingMs) : patienceMs;
    if (!moved && deps.clock.monotonic() - began + pause > longest) break;
    // What was just put back may have unblocked the rest: then at once; else give the cluster time.
    await deps.clock.sleep(moved ? FIRST_PAUSE_MS : pause);
    pause = moved ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  for (const { id } of open) {
    const receipt = receipts.get(id);
    if (receipt !== undefined) options.emit?.({ event: 'receipt', receipt, final: true });
  }
  return [...receipts.values()];
}

/** Tries each open finding once, wave after wave. */
async function round(
  deps: RevertDeps,
  open: readonly Finding[],
  receipts: Map<string, Receipt>,
  options: RevertOptions,
): Promise<{ blocked: Finding[]; waiting: Receipt[] }> {
  const blocked: Finding[] = [];
  const waiting: Receipt[] = [];
  for (const wave of intoWaves(open)) {
    await pooled(wave, options.width ?? AT_ONCE, async finding => {
      const { receipt, retry, waits } = await safely(deps, finding, options);
      receipts.set(finding.id, receipt);
      if (retry) blocked.push(finding);
      if (waits) waiting.push(receipt);
      options.emit?.({ event: 'receipt', receipt, final: !retry });
    });
  }
  return { blocked, waiting };
}

/** One restore that breaks must not stop the others. */
async function safely(deps: RevertDeps, finding: Finding, options: RestoreOptions): Promise<Attempt> {
  try {
    return await restoreOne(deps, finding, options);
  } catch (error) {
    const { id, type, object } = finding;
    const message = `internal error: ${error instanceof Error ? error.message : String(error)}`;
    return {
      retry: true,
      waits: false,
      receipt: { id, type, object, outcome: 'failed', verified: false, requests: 0, ms: 0, message },
    };
  }
}

/** A finding remains when the second scan shows it, or, since a blind scan shows nothing, when its receipt proves nothing. */
function remainingIds(findings: readonly Finding[], receipts: readonly Receipt[], second: ScanResult): Set<string> {
  const seen = new Set(second.injections.map(finding => finding.id));
  const proven = new Set(receipts.filter(receipt => receipt.verified).map(receipt => receipt.id));
  return new Set(findings.map(finding => finding.id).filter(id => seen.has(id) || !proven.has(id)));
}
