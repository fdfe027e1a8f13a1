import { AsyncLocalStorage } from 'node:async_hooks';

/** Hears what a command says instead of this process's own output. */
export interface Voice {
  /** Results. `value` is what the text stands for, where a result was printed whole. */
  out(text: string, value?: unknown): void;
  /** What is told beside them. */
  tell(text: string): void;
}

// One command may be at work on many clusters side by side; each speaks to a hearer of its own.
const voices = new AsyncLocalStorage<Voice>();

/** Who hears the command at work; undefined where its words go to this process's own output. */
export const hearer = (): Voice | undefined => voices.getStore();

/** Runs `work`, whose words go to `heard`. */
export const speakingTo = <T>(heard: Voice, work: () => Promise<T>): Promise<T> => voices.run(heard, work);
