import { ownLive } from '../../store/select.ts';
import type { Context } from '../context.ts';

export interface ProcessLike {
  pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  once(event: 'SIGCONT', listener: () => void): unknown;
}

interface Asleep {
  contexts(): Context[];
  host: ProcessLike;
  write(text: string): void;
}

/**
 * Stops this job as ctrl-z does. First it says who reverts this console's faults in the meantime. `awake` is called when the job
 * continues.
 */
export async function sleepAsJob({ contexts, host, write }: Asleep, awake: () => void): Promise<void> {
  // Guarded only if our faults in every cluster are.
  const guarded = await Promise.all(contexts().map(async one => [one, await one.session?.suspended()] as const));
  const isGuarded = guarded.every(([one, is]) => is === true || ownLive(one.store.getState()).length === 0);
  const live = contexts().flatMap(({ store }) => ownLive(store.getState())).length;
  write(`mayday is suspended; \`fg\` brings it back${fate(live, isGuarded)}\n`);
  host.once('SIGCONT', () => {
    for (const { session } of contexts()) session?.resumed();
    awake();
  });
  setImmediate(() => {
    // The launcher and the embedded cluster are of the same job and stop with us; ourselves only SIGSTOP can stop.
    host.kill(0, 'SIGTSTP');
    setImmediate(() => host.kill(host.pid, 'SIGSTOP'));
  });
}

/** What becomes of our live faults meanwhile. */
function fate(live: number, isGuarded: boolean): string {
  if (live === 0) return '';
  const [are, them, their] = live === 1 ? ['is', 'it', 'its'] : ['are', 'them', 'their'];
  const who = isGuarded
    ? `the guardian reverts ${them} at ${their} TTL`
    : `nothing reverts ${them} while mayday is suspended`;
  return `. ${live} of its faults ${are} live, and ${who}`;
}
