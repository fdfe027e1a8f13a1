import type { Clock } from '../../host/clock.ts';
import { ownLive, ownUnderWay } from '../store/select.ts';
import type { Clusters } from './clusters.ts';
import { type End, residueText } from './quit.ts';

/** How long a hang-up or a crash waits until our runs are reverted. */
const LAST_CHANCE_MS = 60_000;

/** Exit codes of an end that nobody asked for. */
export const ABORTED = 6;
export const INTERNAL = 1;
const RESIDUE = 7;

/** Called when the screen is gone: reverts our runs, within a time limit, and says the outcome. */
export async function revertOwnRuns(
  clusters: Pick<Clusters, 'all'>,
  clock: Clock,
  exitCode: number,
  words: string[],
): Promise<End> {
  const states = clusters.all().map(({ store }) => store.getState());
  if (states.flatMap(ownUnderWay).length === 0) return { exitCode, words };
  const live = states.flatMap(ownLive).length;
  const left = await Promise.race([
    Promise.all(clusters.all().map(({ runs }) => runs.stop())).then(all =>
      all.reduce((sum, one) => sum + one.residue, 0),
    ),
    clock.sleep(LAST_CHANCE_MS).then(() => Math.max(live, 1)),
  ]);
  if (left > 0) return { exitCode: RESIDUE, words: [...words, ...residueText(left)] };
  return {
    exitCode,
    words: [...words, 'stopped; everything that this console changed is restored and was read again'],
  };
}

interface ProcessEvents {
  hangUp(): void;
  /** ctrl-c or ctrl-\ at a terminal that sends signals, which it does only while another program has it. */
  interrupt(): void;
  crash(error: unknown): void;
  stop(): void;
  broken: NodeJS.WritableStream;
}

/** Signals that would end the process before our faults are reverted and the mouse is off. */
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGABRT', 'SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGXFSZ', 'SIGUSR2'] as const;

/** Listens for the signals and errors that end the console. Returns a function that stops listening. */
export function handleProcessEvents({ hangUp, interrupt, crash, stop, broken }: ProcessEvents): () => void {
  const signals = {
    ...Object.fromEntries(ENDING.map(signal => [signal, hangUp])),
    SIGINT: interrupt,
    SIGQUIT: interrupt,
    SIGTSTP: stop,
  };
  for (const [signal, heard] of Object.entries(signals)) process.on(signal, heard);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  broken.on('error', hangUp);
  return () => {
    for (const [signal, heard] of Object.entries(signals)) process.off(signal, heard);
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
    broken.off('error', hangUp);
  };
}
