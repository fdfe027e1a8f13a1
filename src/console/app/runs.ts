import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { RunEvent } from '../../run/event.ts';
import { exitCode } from '../../run/verdict/result.ts';
import type { StartRun } from '../session/run.ts';
import type { RunView } from '../store/state.ts';
import type { Context } from './context.ts';
import { fireArmed } from './fire.ts';
import { type Added, createFollowing, type Following, type Stopped } from './following.ts';
import { firstView, STOPPED_HERE } from './run-events.ts';

/** The runs of this console, from fire to verdict. */
export interface Runs extends Pick<Following, 'settled' | 'stopWaiting'> {
  fire(): void;
  /** Follows a run that another part begins, such as a game-day, so that the emergency stop and quitting include it. */
  lead(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  /** Follows work that begins runs by itself, such as a suite. Stopping all runs stops this work first, so that it begins no other run. */
  during(work: (stop: AbortSignal) => Promise<void>): Promise<void>;
  /** Stops one run (or all) and waits until what it wrote is reverted. */
  stop(key?: string): Promise<Stopped>;
}

/** No run yet. */
export function createRuns(context: Context): Runs {
  const { store } = context;
  const following = createFollowing(context);
  const works = createWorks();
  let count = 0;

  const begun = (loaded: LoadedExperiment, target: RunView['target']): RunView =>
    firstView(loaded, { key: `fired ${++count}`, target, startedAt: context.now().server });

  return {
    fire: () => fireArmed(context, following, begun),
    lead(loaded, emit, start) {
      const { operator, component } = loaded.experiment.spec.target;
      const first = begun(loaded, { apiVersion: '', kind: operator, name: component });
      store.setState(({ runs }) => ({ runs: [...runs, first] }));
      const finished = Promise.withResolvers<FinishedRun>();
      following.follow(first, added => {
        start(alsoTold(added, emit)).then(finished.resolve, finished.reject);
        return finished.promise.then(({ result }) => ({ exitCode: exitCode(result), residue: result.residue }));
      });
      return finished.promise;
    },
    during: works.during,
    async stop(key) {
      const ended = key === undefined ? works.stop() : undefined;
      const stopped = await following.stop(key);
      await ended;
      return stopped;
    },
    async settled() {
      await following.settled();
      await works.settled();
    },
    stopWaiting: following.stopWaiting,
  };
}

/** Whoever begins a run is told its events too. */
const alsoTold = (added: Added, emit: (event: RunEvent) => void): Added => ({
  ...added,
  emit(event) {
    added.emit(event);
    emit(event);
  },
});

/** Work that begins runs by itself. */
function createWorks() {
  const works = new Map<Promise<void>, AbortController>();
  return {
    async during(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
      const stop = new AbortController();
      const end = work(stop.signal).finally(() => works.delete(end));
      works.set(end, stop);
      await end;
    },
    /** Stops all of it at once, and resolves when it has ended. */
    async stop(): Promise<void> {
      const ends = [...works.keys()];
      for (const work of works.values()) work.abort(new Error(STOPPED_HERE));
      await Promise.allSettled(ends);
    },
    async settled(): Promise<void> {
      await Promise.allSettled(works.keys());
    },
  };
}
