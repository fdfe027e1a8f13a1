import type { useApp } from 'ink';
import { ownLive } from '../select.ts';
import { type Context, notify } from './context.ts';

type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal'];

export interface Suspend {
  /** Ink hands its way of letting go of the terminal over once mounted. */
  own(suspendTerminal: SuspendTerminal): void;
  /** ctrl-z: warns first while our faults are live, because a stopped process ends nothing. */
  ask(): void;
  /** Stops at once (an outside SIGTSTP). */
  now(): Promise<void>;
  /** Draws the whole screen anew. */
  repaint(): Promise<void>;
}

export interface ProcessLike {
  pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  once(event: 'SIGCONT', listener: () => void): unknown;
}

/** The recipe: give the terminal back, stop the job, take the terminal again when it goes on. */
export function createSuspend(context: Context, host: ProcessLike, write: (text: string) => void): Suspend {
  let suspendTerminal: SuspendTerminal | undefined;
  let warnedUntil = 0;
  let isStopping = false;

  async function now(): Promise<void> {
    if (!suspendTerminal || isStopping) return;
    isStopping = true;
    const suspension = await suspendTerminal();
    const live = ownLive(context.store.getState()).length;
    write(
      `mayday is suspended; \`fg\` brings it back${live > 0 ? `. ${live} of its faults ${live === 1 ? 'is' : 'are'} live and nobody ends ${live === 1 ? 'it' : 'them'} while it sleeps` : ''}\n`,
    );
    host.once('SIGCONT', () => {
      isStopping = false;
      void suspension.resume();
    });
    setImmediate(() => {
      // The launcher and the embedded cluster are of the same job and stop with us; ourselves only SIGSTOP can stop.
      host.kill(0, 'SIGTSTP');
      setImmediate(() => host.kill(host.pid, 'SIGSTOP'));
    });
  }

  return {
    own(given) {
      suspendTerminal = given;
    },
    ask() {
      const { monotonic } = context.now();
      if (ownLive(context.store.getState()).length > 0 && monotonic > warnedUntil) {
        warnedUntil = monotonic + 5_000;
        return notify(context, 'nobody ends our live faults while suspended: ctrl-z once more suspends', 'warn', 5_000);
      }
      void now();
    },
    now,
    async repaint() {
      const suspension = await suspendTerminal?.();
      await suspension?.resume();
    },
  };
}
