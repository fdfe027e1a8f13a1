import type { Receipt } from '../../injection/write/receipt.ts';
import type { RunEvent } from '../../run/event.ts';
import { eventLine, type LineOptions } from '../../run/line.ts';
import { messageOf } from '../../text/message-of.ts';
import type { RunEnd, StartRun } from '../session/run.ts';
import type { RunView } from '../store/state.ts';
import { type Context, stream } from './context.ts';
import { changeBy, isNews, STOPPED_HERE, toneOf } from './run-events.ts';

/** What the console adds to a run. */
export type Added = Parameters<StartRun>[0];

/** The result of a stop: how many objects are not proven restored, and a receipt for each that was reverted. */
export interface Stopped {
  residue: number;
  receipts: readonly Receipt[];
}

/** Follows runs from their start to their end, on every screen. */
export interface Following {
  /** Starts a run and follows it. Never rejects. */
  follow(first: RunView, start: (added: Added) => Promise<RunEnd>): void;
  /** Stops one run (or all) and waits until what it wrote is reverted. */
  stop(key?: string): Promise<Stopped>;
  /** Resolves when every run has ended and is recorded. */
  settled(): Promise<void>;
  /** Gives up waiting for reverting. */
  stopWaiting(): void;
}

/** A run that has not ended. */
interface Handle {
  stop: AbortController;
  stopWaiting: AbortController;
  end: Promise<RunEnd>;
}

/** `eventLine` begins with the time of day, which the stream writes itself. */
const TIME_COLUMNS = 10;
/** Events of one run that are kept for the timeline; a check that flips all day must not fill the memory. */
const MOST_EVENTS = 500;

/** No run is followed yet. */
export function createFollowing(context: Context): Following {
  const handles = new Map<string, Handle>();
  const receipts = new Map<string, readonly Receipt[]>();

  function onEvent(key: string, event: RunEvent, about: LineOptions): void {
    update(context, key, run => ({
      runId: event.run,
      events: [...(run.events ?? []), event].slice(-MOST_EVENTS),
      ...changeBy(run, event),
    }));
    if (event.event === 'reverted') receipts.set(key, event.receipts);
    if (isNews(event))
      stream(context, [
        { at: event.at, text: eventLine(event, about).slice(TIME_COLUMNS), tone: toneOf(event), run: key },
      ]);
  }

  function onEnd(key: string, { residue }: RunEnd): void {
    const endedAt = context.now().monotonic;
    update(context, key, run => ({ endedAt, residue, verdict: run.verdict ?? 'Inconclusive' }));
    handles.delete(key);
  }

  return {
    follow(first, start) {
      const { key } = first;
      const handle = { stop: new AbortController(), stopWaiting: new AbortController() };
      const end = start({
        emit: event => onEvent(key, event, { experiment: first.experiment, recoveryTimeoutMs: first.recoveryMs }),
        signal: handle.stop.signal,
        stopWaiting: handle.stopWaiting.signal,
      })
        .catch((error: unknown) => brokenOff(context, first, error))
        .then(result => {
          onEnd(key, result);
          return result;
        });
      handles.set(key, { ...handle, end });
    },
    async stop(key) {
      const stopped = [...handles].filter(([name]) => key === undefined || name === key);
      for (const [, handle] of stopped) handle.stop.abort(new Error(STOPPED_HERE));
      const ends = await Promise.all(stopped.map(([, handle]) => handle.end));
      return {
        residue: ends.reduce((sum, end) => sum + end.residue, 0),
        receipts: stopped.flatMap(([name]) => receipts.get(name) ?? []),
      };
    },
    async settled() {
      await Promise.all([...handles.values()].map(handle => handle.end));
    },
    stopWaiting() {
      for (const handle of handles.values()) handle.stopWaiting.abort();
    },
  };
}

function update({ store }: Context, key: string, change: (run: RunView) => Partial<RunView>): void {
  store.setState(({ runs }) => ({ runs: runs.map(run => (run.key === key ? { ...run, ...change(run) } : run)) }));
}

/** The end of a run in which our own code threw: what it injected counts as still in the cluster. */
function brokenOff(context: Context, { key, experiment }: RunView, error: unknown): RunEnd {
  const wasInjected = context.store
    .getState()
    .runs.some(run => run.key === key && run.injectedAt !== undefined && !run.isReverted);
  const text = `${experiment}  run ended with an error: ${messageOf(error)}`;
  stream(context, [{ at: context.now().server, text, tone: 'bad' }]);
  return { exitCode: 1, residue: wasInjected ? 1 : 0 };
}
