import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Plan } from '../../faults/contract.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { RunEvent } from '../../run/event.ts';
import { eventLine, type LineOptions } from '../../run/line.ts';
import { exitCode } from '../../run/verdict/result.ts';
import { messageOf } from '../../text/message-of.ts';
import type { RunEnd, StartRun } from '../deps.ts';
import { sameTarget } from '../screens/plan/same-target.ts';
import { chosen, fireLock } from '../store/select.ts';
import type { RunView } from '../store/state.ts';
import { objectName } from '../widgets/object-name.ts';
import { type Context, notify, stream } from './context.ts';
import { changeBy, firstView, isNews, STOPPED_HERE, toneOf } from './run-events.ts';

/** What the console adds to a run. */
type Added = Parameters<StartRun>[0];

interface Handle {
  stop: AbortController;
  stopWaiting: AbortController;
  end: Promise<RunEnd>;
}

/** `eventLine` begins with the time of day, which the stream writes itself. */
const TIME_COLUMNS = 10;
/** Events of one run that are kept for the timeline; a check that flips all day must not fill the memory. */
const MOST_EVENTS = 500;

/** The result of a stop: how many objects are not proven restored, and a receipt for each that was reverted. */
interface Stopped {
  residue: number;
  receipts: readonly Receipt[];
}

/** The runs of this console, from fire to verdict. */
export interface Runs {
  fire(): void;
  /** Follows a run that another part begins, such as a game-day, so that the emergency stop and quitting include it. */
  lead(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  /** Follows work that begins runs by itself, such as a suite. Stopping all runs stops this work first, so that it begins no other run. */
  during(work: (stop: AbortSignal) => Promise<void>): Promise<void>;
  /** Stops one run (or all) and waits until what it wrote is reverted. */
  stop(key?: string): Promise<Stopped>;
  /** Resolves when every run has ended and is recorded. */
  settled(): Promise<void>;
  /** Gives up waiting for reverting. */
  stopWaiting(): void;
}

/** No run yet. */
export function createRuns(context: Context): Runs {
  const { store } = context;
  const handles = new Map<string, Handle>();
  const receipts = new Map<string, readonly Receipt[]>();
  const works = new Map<Promise<void>, AbortController>();
  let count = 0;

  const update = (key: string, change: (run: RunView) => Partial<RunView>): void =>
    store.setState(({ runs }) => ({ runs: runs.map(run => (run.key === key ? { ...run, ...change(run) } : run)) }));

  function onEvent(key: string, event: RunEvent, about: LineOptions): void {
    update(key, run => ({
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

  const begun = (loaded: LoadedExperiment, target: RunView['target']): RunView =>
    firstView(loaded, { key: `fired ${++count}`, target, startedAt: context.now().server });

  function fire() {
    const state = store.getState();
    const why = fireLock(state, context.now());
    if (why !== undefined) return notify(context, why, 'warn');
    const loaded = chosen(state)?.loaded;
    const { armed } = state;
    const { session } = context;
    if (!armed || !loaded || !session || armed.preflight.plan.is !== 'plan') return;
    const plan: Plan = armed.preflight.plan;
    const first = begun(loaded, plan.target);
    store.setState({
      armed: undefined,
      screens: ['deck'],
      streamBack: 0,
      runs: [...store.getState().runs, first],
      cursor: { ...state.cursor, faults: `run ${first.key}` },
    });
    const text = `${first.experiment}  fired at ${plan.target.kind} ${objectName(plan.target)}`;
    stream(context, [{ at: context.now().server, text, tone: 'title' }]);
    const { preflight } = armed;
    follow(first, added => session.run({ loaded, preflight, gate: now => sameTarget(plan, now), ...added }));
  }

  /** Follows a run from its start to its end on every screen. Never rejects. */
  function follow(first: RunView, start: (added: Added) => Promise<RunEnd>): void {
    const { key } = first;
    const handle = { stop: new AbortController(), stopWaiting: new AbortController() };
    const end = start({
      emit: event => onEvent(key, event, { experiment: first.experiment, recoveryTimeoutMs: first.recoveryMs }),
      signal: handle.stop.signal,
      stopWaiting: handle.stopWaiting.signal,
    })
      .catch((error: unknown) => brokenOff(context, first, error))
      .then(result => {
        const endedAt = context.now().monotonic;
        update(key, run => ({ endedAt, residue: result.residue, verdict: run.verdict ?? 'Inconclusive' }));
        handles.delete(key);
        return result;
      });
    handles.set(key, { ...handle, end });
  }

  return {
    fire,
    lead(loaded, emit, start) {
      const { operator, component } = loaded.experiment.spec.target;
      const first = begun(loaded, { apiVersion: '', kind: operator, name: component });
      store.setState(({ runs }) => ({ runs: [...runs, first] }));
      const finished = Promise.withResolvers<FinishedRun>();
      follow(first, added => {
        const both = (event: RunEvent) => {
          added.emit(event);
          emit(event);
        };
        start({ ...added, emit: both }).then(finished.resolve, finished.reject);
        return finished.promise.then(({ result }) => ({ exitCode: exitCode(result), residue: result.residue }));
      });
      return finished.promise;
    },
    async during(work) {
      const stop = new AbortController();
      const end = work(stop.signal).finally(() => works.delete(end));
      works.set(end, stop);
      await end;
    },
    async stop(key) {
      const stopped = key === undefined ? [...works] : [];
      for (const [, work] of stopped) work.abort(new Error(STOPPED_HERE));
      const chosenHandles = [...handles].filter(([name]) => key === undefined || name === key);
      for (const [, handle] of chosenHandles) handle.stop.abort(new Error(STOPPED_HERE));
      const ends = await Promise.all(chosenHandles.map(([, handle]) => handle.end));
      await Promise.allSettled(stopped.map(([end]) => end));
      return {
        residue: ends.reduce((sum, end) => sum + end.residue, 0),
        receipts: chosenHandles.flatMap(([name]) => receipts.get(name) ?? []),
      };
    },
    async settled() {
      await Promise.all([...handles.values()].map(handle => handle.end));
      await Promise.allSettled(works.keys());
    },
    stopWaiting() {
      for (const handle of handles.values()) handle.stopWaiting.abort();
    },
  };
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
