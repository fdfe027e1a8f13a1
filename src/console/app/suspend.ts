import type { useApp } from 'ink';
import { ownLive } from '../store/select.ts';
import { type Context, notify } from './context.ts';

type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal'];

export interface Suspend {
  /** Ink hands its way of letting go of the terminal over once mounted. */
  own(suspendTerminal: SuspendTerminal): void;
  /** ctrl-z: says first what becomes of our live faults, because a stopped process ends nothing itself. */
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
    const isGuarded = (await context.session?.suspended()) ?? false;
    write(`mayday is suspended; \`fg\` brings it back${fate(ownLive(context.store.getState()).length, isGuarded)}\n`);
    host.once('SIGCONT', () => {
      isStopping = false;
      context.session?.resumed();
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
      const live = ownLive(context.store.getState());
      if (live.length > 0 && monotonic > warnedUntil) {
        warnedUntil = monotonic + 5_000;
        const who = live.every(run => run.isGuarded)
          ? 'while suspended the guardian ends our live faults at their time'
          : 'nobody ends our live faults while suspended';
        return notify(context, `${who}: ctrl-z once more suspends`, 'warn', 5_000);
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

/** What becomes of our live faults meanwhile. */
function fate(live: number, isGuarded: boolean): string {
  if (live === 0) return '';
  const [are, them, their] = live === 1 ? ['is', 'it', 'its'] : ['are', 'them', 'their'];
  const who = isGuarded ? `the guardian ends ${them} at ${their} time` : `nobody ends ${them} while it sleeps`;
  return `. ${live} of its faults ${are} live, and ${who}`;
}
