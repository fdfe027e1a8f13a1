import { AsyncLocalStorage } from 'node:async_hooks';

/** Receives the output of a command in place of stdout and stderr of this process. */
export interface OutputCapture {
  /** A text for stdout. `value` is the result as data, where the text is a whole result. */
  out(text: string, value?: unknown): void;
  /** A text for stderr. */
  err(text: string): void;
}

// One process may run a command on many clusters at the same time; the output of each goes to a capture of its own.
const captures = new AsyncLocalStorage<OutputCapture>();

/** The capture of the running command; undefined where its output goes to stdout and stderr. */
export const currentCapture = (): OutputCapture | undefined => captures.getStore();

/** Runs `work`; everything that it prints goes to `capture`. */
export const capturingOutput = <T>(capture: OutputCapture, work: () => Promise<T>): Promise<T> =>
  captures.run(capture, work);
