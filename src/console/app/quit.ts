import { sanitise } from '../../text/sanitise.ts';
import { revertingIn } from '../screens/fleet/view.ts';
import { isSuiteRunning } from '../screens/suite/view.ts';
import { ownLive, ownUnderWay } from '../store/select.ts';
import { screenOf } from '../store/state.ts';
import type { Cluster } from './cluster.ts';
import { open } from './context.ts';

/** Why the console ends, and the text to print after the screen is given back. */
export interface End {
  exitCode: number;
  /** For the normal screen, after the full-screen one is gone. */
  words: string[];
}

export interface Quit {
  /** `q` and the first ctrl-c: quits at once when nothing of ours runs, else asks. */
  ask(): void;
  /** ctrl-c: asks; once more reverts and ends; a third time gives up waiting. */
  interrupt(): void;
  revertAndEnd(): Promise<void>;
  leave(): void;
}

/** Exit codes, as the README lists them. */
const DONE = 0;
const ABORTED = 6;
const RESIDUE = 7;

const HINT = 'run `mayday revert --all`';

/** The text for faults that are left in the cluster. */
export function residueText(count: number): string[] {
  return count > 0 ? [`faults still active: ${count}, ${HINT}`] : [];
}

/** The text for reverts of the fleet screen that quitting interrupts. */
const cutShortText = (contexts: readonly string[]): string[] =>
  contexts.map(
    name =>
      `a revert in ${sanitise(name, 120)} was interrupted: run \`mayday revert --all --context ${sanitise(name, 120)}\``,
  );

/** Asks and ends for all clusters that this console has runs in. */
export function createQuit(clusters: { current(): Cluster; all(): readonly Cluster[] }, end: (end: End) => void): Quit {
  const states = () => clusters.all().map(({ store }) => store.getState());
  const store = () => clusters.current().store;

  /** Ends the console; a revert in another cluster that ends with it is no success. */
  const finish = ({ exitCode, words }: End): void => {
    const cutShort = states().flatMap(revertingIn);
    end({ exitCode: cutShort.length > 0 ? RESIDUE : exitCode, words: [...words, ...cutShortText(cutShort)] });
  };
  const isBusy = (): boolean => states().some(state => ownUnderWay(state).length > 0 || isSuiteRunning(state));
  /** What runs of this console that have already ended could not restore. */
  const residue = (): number =>
    states()
      .filter(({ mayday }) => mayday.end?.remaining !== 0)
      .flatMap(({ runs }) => runs)
      .reduce((sum, run) => sum + (run.endedAt === undefined ? 0 : (run.residue ?? 0)), 0);

  /** Waits for runs that have their verdict but are still recording it. */
  async function endNow(): Promise<void> {
    await Promise.all(clusters.all().map(({ runs }) => runs.settled()));
    const left = residue();
    finish({ exitCode: left > 0 ? RESIDUE : DONE, words: residueText(left) });
  }

  function ask(): void {
    if (!isBusy()) return void endNow();
    open(clusters.current().context, 'quit');
  }

  async function revertAndEnd(): Promise<void> {
    if (store().getState().quitting !== 'no') return;
    store().setState({ quitting: 'reverting' });
    open(clusters.current().context, 'quit');
    const earlier = residue();
    const stopped = await Promise.all(clusters.all().map(({ runs }) => runs.stop()));
    const left = stopped.reduce((sum, one) => sum + one.residue, earlier);
    finish({
      exitCode: left > 0 ? RESIDUE : ABORTED,
      words:
        left > 0 ? residueText(left) : ['stopped; everything that this console changed is restored and was read again'],
    });
  }

  return {
    ask,
    interrupt() {
      const state = store().getState();
      if (state.quitting === 'reverting') {
        for (const { runs } of clusters.all()) runs.stopWaiting();
        const left = Math.max(states().flatMap(ownLive).length, 1);
        return finish({ exitCode: RESIDUE, words: residueText(left) });
      }
      if (screenOf(state) === 'quit') return void revertAndEnd();
      ask();
    },
    revertAndEnd,
    leave() {
      const left = states().flatMap(ownLive);
      const them = left.length === 1 ? 'it' : 'them';
      const who = left.every(run => run.isGuarded)
        ? `the guardian reverts ${them} at the TTL`
        : `nothing will revert ${them}`;
      finish({
        exitCode: left.length > 0 ? RESIDUE : DONE,
        words: left.length > 0 ? [`left in the cluster: ${left.length}; ${who}, ${HINT}`] : [],
      });
    },
  };
}
