import type { useApp } from 'ink';
import { ownLive } from '../../store/select.ts';
import type { Cluster } from '../cluster.ts';
import { type Context, notify } from '../context.ts';
import type { QuietInput } from './quiet-input.ts';
import { type ProcessLike, sleepAsJob } from './sleep.ts';

type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal'];

export interface Suspend {
  /** Called by Ink's component once it is mounted, with Ink's function that releases the terminal. */
  own(suspendTerminal: SuspendTerminal): void;
  /** ctrl-z: first says what will become of our live faults, because a suspended process reverts nothing. */
  ask(): void;
  /** Stops at once, for a SIGTSTP from outside. */
  now(): Promise<void>;
  /** Lends the terminal to a program while `work` goes on. */
  lend(work: () => Promise<void>): Promise<void>;
  /** Whether another program has the terminal. Its ctrl-c is then not ours, although the terminal sends the signal to us too. */
  isLent(): boolean;
  /** Whether the terminal is given back for now, to a program or to the shell. */
  isAway(): boolean;
}

/** Suspends the console: gives the terminal back, stops the job, and takes the terminal again when the job continues. */
export function createSuspend(
  clusters: { current(): Cluster; all(): readonly Cluster[] },
  host: ProcessLike,
  write: (text: string) => void,
  reports: { on(): unknown; off(): void },
  input: QuietInput,
): Suspend {
  let suspendTerminal: SuspendTerminal | undefined;
  let warnedUntil = 0;
  let isStopping = false;
  let isLent = false;
  let isAway = false;
  const contexts = (): Context[] => clusters.all().map(({ context }) => context);
  const live = () => contexts().flatMap(({ store }) => ownLive(store.getState()));

  /** Gives the terminal back. Resolves with a function that takes it again. */
  async function letGo(suspendTerminal: SuspendTerminal): Promise<() => Promise<void>> {
    isAway = true;
    reports.off();
    const suspension = await suspendTerminal();
    await input.stop();
    return async () => {
      input.resume();
      await suspension.resume();
      isAway = false;
      reports.on();
    };
  }

  async function now(): Promise<void> {
    if (!suspendTerminal || isStopping) return;
    isStopping = true;
    // A program that has the terminal was stopped together with us, and takes the terminal again by itself.
    const takeBack = isLent ? undefined : await letGo(suspendTerminal);
    await sleepAsJob({ contexts, host, write }, () => {
      isStopping = false;
      void takeBack?.();
    });
  }

  return {
    own(given) {
      suspendTerminal = given;
    },
    ask() {
      const { context } = clusters.current();
      const { monotonic } = context.now();
      const runs = live();
      if (runs.length > 0 && monotonic > warnedUntil) {
        warnedUntil = monotonic + 5_000;
        const who = runs.every(run => run.isGuarded)
          ? 'the guardian reverts live faults at their TTL'
          : 'nothing reverts live faults while suspended';
        return notify(context, `${who}: ctrl-z again suspends`, 'warn', 5_000);
      }
      void now();
    },
    now,
    async lend(work) {
      if (!suspendTerminal) return;
      const takeBack = await letGo(suspendTerminal);
      isLent = true;
      try {
        await work();
      } finally {
        isLent = false;
        await takeBack();
      }
    },
    isLent: () => isLent,
    isAway: () => isAway,
  };
}
