import { unexpectedErrorText } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Clusters } from './clusters.ts';
import { ABORTED, INTERNAL, revertOwnRuns } from './process-end.ts';
import type { End } from './quit.ts';

/** How a console ends, whatever ends it. */
export interface Ending {
  /** Resolves with the first end that was given. */
  readonly given: Promise<End>;
  finish(end: End): void;
  /** Our own code threw: it is logged, the terminal is given back, and our runs are reverted before the end. */
  crash(error: unknown): void;
  /** The terminal is gone: our runs are reverted before the end. */
  hangUp(): void;
}

/** `leave` gives the terminal back, while our runs are still being reverted. */
export function createEnding(
  { clock, log }: Pick<ConsoleDeps, 'clock' | 'log'>,
  clusters: Pick<Clusters, 'all'>,
  leave: () => void,
): Ending {
  const { promise, resolve } = Promise.withResolvers<End>();
  const revertAndEnd = (exitCode: number, words: string[]): void => {
    void revertOwnRuns(clusters, clock, exitCode, words).then(resolve);
    leave();
  };
  return {
    given: promise,
    finish: resolve,
    crash(error) {
      log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      revertAndEnd(INTERNAL, [unexpectedErrorText(error)]);
    },
    hangUp: () => revertAndEnd(ABORTED, []),
  };
}

/** Writes what has to be said once the screen is gone; gives the exit code. */
export function sayLast({ stderr }: ConsoleDeps['terminal'], { words, exitCode }: End): number {
  for (const word of words) stderr.write(`mayday: ${sanitise(word)}\n`);
  return exitCode;
}
