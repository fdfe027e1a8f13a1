import type { LiveView, ViewChange } from '../health/view/live.ts';
import type { Clock } from '../host/clock.ts';
import type { GateResult } from './gate-run.ts';
import type { Looked } from './look.ts';
import type { Answers, NamedRead } from './named-read.ts';
import { conclude } from './result.ts';
import type { Rule } from './rule.ts';
import { runGates } from './run.ts';

/** How much of the machine, and of the API server, a watch may take. All times in milliseconds. */
interface Pace {
  /** Changes that come within this time are looked at together. */
  gatherMs: number;
  /** Most of the time is left to others: after a look of so long, nothing for so many times as long. */
  rest: number;
  /** Some things go wrong by time alone: a pod that is still pending, a lease that nobody renews. */
  maxIntervalMs: number;
  /** What single reads told is asked anew after this time. */
  rereadMs: number;
}

/** For who looks at nothing else. */
const FAST: Pace = { gatherMs: 20, rest: 5, maxIntervalMs: 15_000, rereadMs: 15_000 };
/** For the console, which has more to do. */
export const BACKGROUND: Pace = { gatherMs: 300, rest: 30, maxIntervalMs: 45_000, rereadMs: 60_000 };

export interface TriageWatchOptions {
  live: Pick<LiveView, 'view' | 'settled' | 'subscribe'>;
  clock: Clock;
  rules: readonly Rule[];
  /** A reader of single things, which remembers what it has read: a new one for each look that may not rest on what was read before. */
  reader(): { read(reads: readonly NamedRead[]): Promise<Answers> };
  /** Server time, milliseconds. */
  serverNow(): number;
  signal: AbortSignal;
  /** Eager unless told. */
  pace?: Pace;
}

/** Every node renews a lease every ten seconds, every leader more often. That one is not renewed shows with time, not with a change. */
const isHeartbeat = ({ kind, put, removed }: ViewChange): boolean =>
  kind === 'Lease' && put.length > 0 && removed.length === 0;

/** Looks again whenever the live view has changed, and now and then without, until the signal aborts. The first look waits for the whole view. */
export async function* watchTriage(watching: TriageWatchOptions): AsyncGenerator<Looked> {
  const { live, clock, signal, pace = FAST } = watching;
  let wake = () => {};
  let isChanged = false;
  const unsubscribe = live.subscribe(change => {
    if (isHeartbeat(change)) return;
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
      const looked = await look(watching, read.reader);
      // What whoever hears of it does with it is not our own cost.
      const restUntil = clock.monotonic() + (clock.monotonic() - began) * pace.rest;
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

async function look(
  { live, clock, rules, serverNow }: TriageWatchOptions,
  reader: ReturnType<TriageWatchOptions['reader']>,
): Promise<Looked> {
  const now = serverNow();
  const run = { rules, view: live.view, now, read: reader.read, monotonic: () => clock.monotonic() };
  const gates: GateResult[] = [];
  for await (const gate of runGates(run)) gates.push(gate);
  return { triage: conclude(gates, live.view), view: live.view, now };
}

/** A sleep that an abort ends, without a word. */
const sleepUntilAborted = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(ms, signal).catch(() => undefined);
