/** Stops and resumes reading the terminal. */
export interface QuietInput {
  stop(): Promise<void>;
  resume(): void;
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/**
 * Ink removes its listener when it lets go of the terminal, but Node.js goes on reading until its buffer is full: it would take
 * keys from the program that has the terminal, and Ink would act on them afterwards. Call `stop` once Ink and the mouse have
 * removed their listeners, and `resume` before they listen again.
 */
export function createQuietInput(stdin: NodeJS.ReadableStream): QuietInput {
  return {
    async stop() {
      // The stream notices one turn of the event loop later that it has no listener. Only then does pause() stop the reading, one turn later again.
      await turn();
      stdin.pause();
      await turn();
    },
    resume() {
      // What was typed before reading stopped was meant for neither of the two programs.
      while (stdin.read() !== null);
    },
  };
}
