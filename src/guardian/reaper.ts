import type { FoundInjection } from '../injection/found-injection.ts';
import { type Receipt, withUpdated } from '../injection/write/receipt.ts';
import { pooled } from '../kube/client/pooled.ts';
import type { RevertDeps } from '../revert/deps.ts';
import { overwrittenReceipts, SECOND_COMPARISON_MS } from '../revert/read-back/still-held.ts';
import { restoreOne } from '../revert/restore/restore.ts';
import { isBackupFinding } from '../revert/restore/stages.ts';
import { recognise } from '../revert/scan/recognise.ts';
import { type ScanResult, scan } from '../revert/scan/scan.ts';
import { trustOf } from '../revert/trust/judge.ts';
import { intoWaves } from '../revert/waves.ts';
import type { KeyRead } from '../safety/record-key.ts';
import { messageOf } from '../text/message-of.ts';
import type { Election } from './election.ts';

export interface ReaperOptions {
  election: Election;
  /** The pause between two scans, milliseconds. */
  intervalMs: number;
  /** How long after its deadline an injection is left to the process that injected it, milliseconds. */
  graceMs: number;
  log(event: string, facts: Record<string, unknown>): void;
  /** Sends notices of a round; the reaper does not wait for them. */
  onReceipts?: (receipts: readonly Receipt[]) => void;
  /** The key that signs records, read before each scan: it may be created, or permitted, later. */
  recordKey?: () => Promise<KeyRead>;
  /** Ends the loop; reverts that have begun are finished first. */
  signal: AbortSignal;
}

/** Every this many rounds the metadata of every object is read, to find injections whose labels somebody removed. */
const DEEP_EACH = 60;
const WIDTH = 8;

/**
 * Reverts every injection that is past its deadline, of mayday or the framework. The deadline of mayday's injections is
 * in the undo record, that of the framework's in the annotation `expires`. An injection without a deadline is left as it
 * is.
 */
export async function reap(deps: RevertDeps, options: ReaperOptions): Promise<void> {
  const { election, log, signal } = options;
  const memory: Memory = { known: [], undecided: new Map(), blind: '', blindTo: new Set() };
  const remembering = { begun: new Map(), ...deps };
  let lastRole: string | undefined;
  for (let round = 0; !signal.aborted; ) {
    const leadership = await election.tryToLead();
    // If no leader is known, nobody reverts; that must not be logged as standing by.
    const role = leadership.leads ? 'leads' : leadership.isLed ? 'stands by' : 'cannot lead, reverts nothing';
    if (role !== lastRole) log(role, leadership.leads ? {} : { why: leadership.why });
    lastRole = role;
    if (leadership.leads) {
      const rest = await scanAll(remembering, options, memory, round % DEEP_EACH === 0);
      round += 1;
      await revertDue(remembering, options, memory);
      // Findings of slow lists are reverted too; the others do not wait for them.
      if (rest !== undefined) {
        note(remembering, options, memory, await rest);
        await revertDue(remembering, options, memory);
      }
    }
    await deps.clock.sleep(pause(deps, options, memory), signal).catch(() => undefined);
  }
  await election.resign();
  log('ended', {});
}

interface Memory {
  /** Findings with a deadline, from the last scan. */
  known: FoundInjection[];
  /** Findings that only a person can decide, by id, with the version of the object at which that was reported. */
  undecided: Map<string, string | undefined>;
  /** The blind resources as last logged: as one text, and as a set. */
  blind: string;
  blindTo: ReadonlySet<string>;
}

const isTimed = (finding: FoundInjection): boolean =>
  finding.expiresAt !== undefined &&
  (finding.state === 'injected' || finding.state === 'restored' || finding.state === 'diverged');

/** Lists that take longer than this do not delay injections that are known to be due. */
const SLOW_AFTER_MS = 3_000;

async function scanAll(
  deps: RevertDeps,
  options: ReaperOptions,
  memory: Memory,
  deep: boolean,
): Promise<Promise<ScanResult> | undefined> {
  const { rest, ...seen } = await scan(deps, {
    deep,
    signal: options.signal,
    slowAfterMs: SLOW_AFTER_MS,
    doubtful: memory.blindTo,
  });
  if (rest !== undefined) {
    const known = new Set(seen.injections.map(({ id }) => id));
    memory.known = [...seen.injections.filter(isTimed), ...memory.known.filter(({ id }) => !known.has(id))];
    return rest;
  }
  note(deps, options, memory, seen);
  return undefined;
}

function note({ begun }: RevertDeps, { log }: ReaperOptions, memory: Memory, { injections, blind }: ScanResult): void {
  const seen = new Set(injections.map(({ id }) => id));
  // Findings that were written to and are not yet proven restored are read again, whether or not a mark is left on
  // them.
  const unproven = [...(begun?.values() ?? [])].filter(({ id }) => !seen.has(id));
  memory.known = [...injections, ...unproven].filter(isTimed);
  memory.blindTo = new Set(blind.map(one => one.resource));
  const resources = [...memory.blindTo].sort().join(', ');
  if (resources !== memory.blind) log('blind', { resources });
  memory.blind = resources;
}

const overdueMs = (deps: RevertDeps, { graceMs }: ReaperOptions, finding: FoundInjection): number =>
  deps.api.serverTime().now - (finding.expiresAt ?? Number.POSITIVE_INFINITY) - graceMs;

/** Milliseconds until the next scan, or until the next known injection is due. */
function pause(deps: RevertDeps, options: ReaperOptions, { known }: Memory): number {
  const due = known.map(finding => -overdueMs(deps, options, finding)).filter(ms => ms > 0);
  return Math.min(options.intervalMs, ...due);
}

/** A reaper cannot ask a person. */
const NEEDS_A_PERSON: ReadonlySet<string> = new Set(['diverged', 'unconfirmed']);

async function revertDue(deps: RevertDeps, options: ReaperOptions, memory: Memory): Promise<void> {
  const due = memory.known.filter(
    finding =>
      overdueMs(deps, options, finding) >= 0 &&
      memory.undecided.get(finding.id) !== (finding.live.metadata.resourceVersion ?? ''),
  );
  const read = due.length === 0 ? undefined : await options.recordKey?.();
  const trust = read === undefined ? {} : trustOf(read);
  const done: Done[] = [];
  for (const wave of intoWaves(due)) {
    await pooled(wave, WIDTH, async finding => {
      try {
        if (!(await isStillDue(deps, options, finding))) return;
        const { receipt, retry } = await restoreOne(deps, finding, { trust });
        // A signature that could not be checked is checked again in the next round.
        if (NEEDS_A_PERSON.has(receipt.outcome) && !retry)
          memory.undecided.set(finding.id, finding.live.metadata.resourceVersion ?? '');
        options.log(receipt.outcome, facts(deps, finding, receipt));
        done.push({ finding, receipt });
      } catch (error) {
        options.log('broken', { id: finding.id, why: messageOf(error) });
      }
    });
  }
  await compareOnceMore(deps, options, done);
}

/** Compares at the end of a round, because somebody may have overwritten restored values. */
async function compareOnceMore(deps: RevertDeps, options: ReaperOptions, done: readonly Done[]): Promise<void> {
  const findings = done.map(({ finding }) => finding);
  const receipts = done.map(({ receipt }) => receipt);
  if (!receipts.some(({ verified }) => verified)) return options.onReceipts?.(receipts);
  await deps.clock.sleep(SECOND_COMPARISON_MS);
  const since = await overwrittenReceipts(deps, findings, receipts);
  options.onReceipts?.(withUpdated(receipts, since));
  for (const receipt of since) {
    const finding = findings.find(({ id }) => id === receipt.id);
    if (finding !== undefined) options.log(receipt.outcome, facts(deps, finding, receipt));
  }
}

interface Done {
  finding: FoundInjection;
  receipt: Receipt;
}

/** Reads the object again, because it may have been reverted and injected again since the scan; returns whether its injection is still due. */
async function isStillDue(deps: RevertDeps, options: ReaperOptions, finding: FoundInjection): Promise<boolean> {
  const { uid: _uid, ...ref } = finding.object;
  const got = await deps.api.get(ref);
  // If a backup is gone, its original object must be checked.
  if (!got.ok) {
    const isGone = got.reason === 'not-found' && !isBackupFinding(finding);
    if (isGone) deps.begun?.delete(finding.id);
    return !isGone;
  }
  const now = recognise(got.value).find(one => one.id === finding.id);
  return now === undefined ? deps.begun?.has(finding.id) === true : overdueMs(deps, options, now) >= 0;
}

const facts = (deps: RevertDeps, finding: FoundInjection, receipt: Receipt): Record<string, unknown> => ({
  id: finding.id,
  tool: finding.tool,
  ...(finding.run === undefined ? {} : { run: finding.run }),
  ...(finding.by === undefined ? {} : { by: finding.by }),
  overdueMs: Math.round(deps.api.serverTime().now - (finding.expiresAt ?? 0)),
  verified: receipt.verified,
  message: receipt.message,
});
