import type { Finding } from '../injection/finding.ts';
import type { Receipt } from '../injection/receipt.ts';
import type { Blind } from './blind.ts';
import { decide } from './classify.ts';
import { pooled, type RevertDeps } from './deps.ts';
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
  | { event: 'round'; round: number; items: number }
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
}

export interface RevertResult {
  steps: Step[];
  receipts: Receipt[];
  /** Of the findings that were to be reverted, how many the second scan still shows or a receipt could not prove. */
  remaining: number;
  /** Injections that the second scan shows and that were not among the findings: somebody is still injecting. */
  appeared: Finding[];
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
  const steps = await plan(deps, findings);
  const took = () => Math.round(deps.clock.monotonic() - began);
  if (options.dryRun) return { steps, receipts: [], remaining: findings.length, appeared: [], blind: [], ms: took() };
  const receipts = await inRounds(deps, findings, options);
  options.emit?.({ event: 'rescan' });
  const second = await scan(deps, { deep: true, ...options.rescan });
  const left = remainingIds(findings, receipts, second);
  const known = new Set(findings.map(finding => finding.id));
  const appeared = second.injections.filter(finding => !known.has(finding.id));
  return { steps, receipts, remaining: left.size, appeared, blind: second.blind, ms: took() };
}

/** What will be done about each finding, in the order in which it will be done. The dry run and the real one share it. */
async function plan(deps: RevertDeps, findings: readonly Finding[]): Promise<Step[]> {
  const waves = intoWaves(findings);
  const steps = await Promise.all(
    waves.map((wave, index) =>
      pooled(wave, 16, async found => {
        const { finding, restore } = await decide(deps.api, deps.faultOf, found);
        const common = { id: finding.id, wave: WAVES[index] ?? '', says: restore?.says ?? finding.message ?? '' };
        if (!restore || restore.kind === 'corrupt') return { ...common, action: 'leave', writes: [] } satisfies Step;
        const action = restore.kind === 'restore' ? 'restore' : restore.kind === 'diverged' ? 'ask' : 'strip-markers';
        return { ...common, action, writes: restore.writes.map(write => write.says) } satisfies Step;
      }),
    ),
  );
  return steps.flat();
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** Tries until everything is settled or a round changes nothing and patience is over. The receipt of each finding is its last. */
async function inRounds(deps: RevertDeps, findings: readonly Finding[], options: RevertOptions): Promise<Receipt[]> {
  const began = deps.clock.monotonic();
  const receipts = new Map<string, Receipt>();
  let open = [...findings];
  let pause = FIRST_PAUSE_MS;
  for (let round = 1; open.length > 0; round += 1) {
    options.emit?.({ event: 'round', round, items: open.length });
    const blocked: Finding[] = [];
    for (const wave of intoWaves(open)) {
      await pooled(wave, options.width ?? 16, async finding => {
        const { receipt, retry } = await safely(deps, finding, options);
        receipts.set(finding.id, receipt);
        if (retry) blocked.push(finding);
        options.emit?.({ event: 'receipt', receipt, final: !retry });
      });
    }
    const moved = blocked.length < open.length;
    open = blocked;
    if (open.length === 0) break;
    if (!moved && deps.clock.monotonic() - began + pause > (options.patienceMs ?? 30_000)) break;
    // What was just put back may have unblocked the rest: then at once; else give the cluster time.
    await deps.clock.sleep(moved ? FIRST_PAUSE_MS : pause);
    pause = moved ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  return [...receipts.values()];
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
