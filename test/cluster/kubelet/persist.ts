import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes of `work` a function that brings the newest state through: calls that come while it runs are answered by one
 * more run after it, and a run that fails (the API server may be away) is repeated until `over` says that nobody waits.
 */
export function persistent(work: () => Promise<void>, over: () => boolean): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async (): Promise<void> => {
    while (again && !over()) {
      again = false;
      try {
        await work();
      } catch {
        again = true;
        await sleep(500);
      }
    }
  };
  return () => {
    again = true;
    running ??= loop().finally(() => {
      running = undefined;
    });
    return running;
  };
}
