import type { LiveView, ViewChange } from '../../health/view/live.ts';
import type { Clock } from '../../host/clock.ts';
import { conclude } from '../finding/result.ts';
import type { Rule } from '../rule.ts';
import type { GateResult } from './gate-run.ts';
import type { Looked } from './look.ts';
import type { Answers, NamedRead } from './named-read.ts';
import { runGates } from './run.ts';

/** How much load a watch may put on the machine and on the API server. All times in milliseconds. */
interface Pace {
  /** How long changes are collected before a triage. */
  gatherMs: number;
  /** The pause after a triage, as a multiple of its duration, so that most of the time is left for other work. */
  restFactor: number;
  /**
   * The longest time between two triages. Some things go wrong without a change: a pod stays pending, a lease is not
   * renewed.
   */
  maxIntervalMs: number;
  /** How long the results of single reads are reused. */
  rereadMs: number;
}

/** For commands that only show triage. */
const FAST: Pace = { gatherMs: 20, restFactor: 5, maxIntervalMs: 15_000, rereadMs: 15_000 };
/** For the console, which has more to do. */
export const BACKGROUND: Pace = { gatherMs: 300, restFactor: 30, maxIntervalMs: 45_000, rereadMs: 60_000 };

export interface TriageWatchOptions {
  live: Pick<LiveView, 'view' | 'settled' | 'subscribe'>;
  clock: Clock;
  rules: readonly Rule[];
  /** Creates a reader with an empty cache. */
  reader(): { read(reads: readonly NamedRead[]): Promise<Answers> };
  /** Server time, milliseconds. */
  serverNow(): number;
  signal: AbortSignal;
  /** FAST by default. */
  pace?: Pace;
}

/**
 * Whether a change is only the renewal of Leases, which is frequent. A Lease that is not renewed is noticed by time,
 * not by a change.
 */
const isHeartbeat = ({ kind, put, removed }: ViewChange): boolean =>
  kind === 'Lease' && put.length > 0 && removed.length === 0;

/**
 * Runs triage again whenever the live view has changed, and at least every `maxIntervalMs`, until the signal aborts.
 * The first run waits for the whole view.
 */
export async function* watchTriage(watching: TriageWatchOptions): AsyncGenerator<Looked> {
  const { live, clock, signal, pace = FAST } = watching;
  let wake = () => {};
  let isChanged = false;
  const unsubscribe = live.subscribe(change => {
    if (change.isUnchanged || isHeartbeat(change)) return;
    isChanged = true;
    wake();
  });
  try {
    await live.settled();
    let read = { reader: watching.reader(), at: clock.monotonic() };
    while (!signal.aborted) {
      isChanged = false;
      const began = clock.monotonic();
      if (began - read.at >= pace.rereadMs) read = { reader: watching.reader(), at: began };
      const looked = await triageOnce(watching, read.reader);
      // Measured before the result is handed out, so that the receiver's time does not count.
      const restUntil = clock.monotonic() + (clock.monotonic() - began) * pace.restFactor;
      yield looked;
      await sleepUntilAborted(clock, Math.max(0, restUntil - clock.monotonic()), signal);
      const deadline = clock.monotonic() + pace.maxIntervalMs;
      while (!isChanged && !signal.aborted && clock.monotonic() < deadline) {
        const changed = new Promise<void>(resolve => {
          wake = resolve;
        });
        const waited = new AbortController();
        await Promise.race([
          changed,
          sleepUntilAborted(clock, pace.maxIntervalMs, AbortSignal.any([signal, waited.signal])),
        ]);
        waited.abort();
      }
      await sleepUntilAborted(clock, pace.gatherMs, signal);
    }
  } finally {
    unsubscribe();
  }
}

async function triageOnce(
  { live, clock, rules, serverNow }: TriageWatchOptions,
  reader: ReturnType<TriageWatchOptions['reader']>,
): Promise<Looked> {
  const now = serverNow();
  const run = { rules, view: live.view, now, read: reader.read, monotonic: () => clock.monotonic() };
  const gates: GateResult[] = [];
  for await (const gate of runGates(run)) gates.push(gate);
  return { triage: conclude(gates, live.view), view: live.view, now };
}

/** A sleep that ends early, without an error, when the signal aborts. */
const sleepUntilAborted = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(ms, signal).catch(() => undefined);
