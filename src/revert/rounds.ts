import type { Live } from '../faults/contract.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import { pooled } from '../kube/client/pooled.ts';
import { messageOf } from '../text/message-of.ts';
import type { RevertDeps } from './deps.ts';
import { type Choices, optionsFor } from './restore/choices.ts';
import { type Attempt, type RestoreOptions, restoreOne } from './restore/restore.ts';
import { isBackupFinding } from './restore/stages.ts';
import { intoWaves } from './waves.ts';

/** How many restores run in parallel; the connection itself limits the number of requests. */
export const AT_ONCE = 64;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
const RETRY_FOR_MS = 30_000;
/** How long to wait for a Terminating object, from its deletion. A large namespace takes this long; one with a finalizer may never be deleted. */
const TERMINATING_MS = 60_000;
/** The least time to wait for an object that has been Terminating for longer: its finalizer may be removed just now. */
const SHORTEST_WAIT_MS = 5_000;

/** Options of the rounds. */
export interface RoundOptions extends RestoreOptions, Choices {
  width?: number;
  retryForMs?: number;
  terminatingMs?: number;
  emit?: (event: RoundEvent) => void;
}

export type RoundEvent =
  | { event: 'round'; round: number; items: number }
  /** The injections that wait for a deletion to finish, the reasons, and the longest time to wait, milliseconds. */
  | { event: 'waiting'; ids: string[]; says: string[]; forMs: number }
  | { event: 'receipt'; receipt: Receipt; final: boolean };

/** Since when the object that an injection waits for is Terminating, by the injection's id; server time, milliseconds since the epoch. */
export type Terminating = ReadonlyMap<string, number>;

/** The latest deletion time of the objects that a decision was made from. */
export function deletedSince(live: Live): number | undefined {
  const times = [...live.values()].flatMap(answer => {
    const objects = answer === null || 'ok' in answer ? [] : [answer].flat();
    return objects.flatMap(({ metadata }) => Date.parse(metadata.deletionTimestamp ?? '') || []);
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * Tries until every injection has a final receipt, or until a round changes nothing and the time is up. Returns the
 * receipt of the last attempt of each injection.
 */
export async function inRounds(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  terminating: Terminating,
  options: RoundOptions,
): Promise<Receipt[]> {
  const { retryForMs = RETRY_FOR_MS, terminatingMs = TERMINATING_MS } = options;
  const began = deps.clock.monotonic();
  const serverBegan = deps.api.serverTime().now;
  const remembering = { begun: new Map(), ...deps };
  const receipts = new Map<string, Receipt>();
  let open = [...findings];
  let pause = FIRST_PAUSE_MS;
  /** In milliseconds from the start of these rounds. */
  const waitsUntil = ({ id }: Receipt): number => {
    const since = terminating.get(id) ?? serverBegan;
    return Math.min(terminatingMs, Math.max(SHORTEST_WAIT_MS, since + terminatingMs - serverBegan));
  };
  for (let number = 1; open.length > 0; number += 1) {
    options.emit?.({ event: 'round', round: number, items: open.length });
    const { blocked, waiting, longestRetryMs } = await round(remembering, open, receipts, {
      ...options,
      scanned: number === 1,
    });
    const moved = blocked.length < open.length;
    open = blocked;
    if (open.length === 0) break;
    const spent = deps.clock.monotonic() - began;
    // An injection that only waits for a deletion has its own time limit; the others are tried until the time is up.
    const isBlocked = blocked.length > waiting.length;
    const longest = Math.max(isBlocked ? Math.min(retryForMs, longestRetryMs) : 0, ...waiting.map(waitsUntil));
    if (waiting.length > 0)
      options.emit?.({
        event: 'waiting',
        ids: waiting.map(({ id }) => id),
        says: waiting.map(({ message }) => message),
        forMs: Math.max(0, longest - spent),
      });
    if (!moved && spent + pause > longest) break;
    // A restore may have unblocked the others, so try again soon. Otherwise wait longer each time.
    await deps.clock.sleep(moved ? FIRST_PAUSE_MS : pause);
    pause = moved ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  for (const { id } of open) {
    const receipt = receipts.get(id);
    if (receipt !== undefined) options.emit?.({ event: 'receipt', receipt, final: true });
  }
  return [...receipts.values()];
}

interface Round {
  blocked: FoundInjection[];
  waiting: Receipt[];
  /** The longest time for which another attempt makes sense for any of the blocked ones, milliseconds. */
  longestRetryMs: number;
}

/** Tries each open finding once, wave after wave. */
async function round(
  deps: RevertDeps,
  open: readonly FoundInjection[],
  receipts: Map<string, Receipt>,
  options: RoundOptions,
): Promise<Round> {
  const blocked: FoundInjection[] = [];
  const waiting: Receipt[] = [];
  let longestRetryMs = 0;
  for (const wave of intoWaves(open)) {
    await pooled(longestFirst(wave), options.width ?? AT_ONCE, async finding => {
      const { receipt, retry, waits, retryForMs = Number.POSITIVE_INFINITY } = await safely(deps, finding, options);
      receipts.set(finding.id, receipt);
      if (retry) blocked.push(finding);
      if (retry && !waits) longestRetryMs = Math.max(longestRetryMs, retryForMs);
      if (waits) waiting.push(receipt);
      options.emit?.({ event: 'receipt', receipt, final: !retry });
    });
  }
  return { blocked, waiting, longestRetryMs };
}

/** Backups first, because they need the most requests in sequence. */
const longestFirst = (wave: readonly FoundInjection[]): FoundInjection[] => [
  ...wave.filter(isBackupFinding),
  ...wave.filter(finding => !isBackupFinding(finding)),
];

/** An exception in one restore must not stop the others. */
async function safely(deps: RevertDeps, finding: FoundInjection, options: RestoreOptions): Promise<Attempt> {
  try {
    return await restoreOne(deps, finding, optionsFor(finding, options));
  } catch (error) {
    const { id, type, object } = finding;
    const message = `internal error: ${messageOf(error)}`;
    return {
      retry: true,
      waits: false,
      receipt: { id, type, object, outcome: 'failed', verified: false, requests: 0, ms: 0, message },
    };
  }
}
