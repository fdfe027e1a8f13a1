import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again every 100 ms until `ask` returns something other than undefined or false; rejects after `seconds`. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>, seconds = 20): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let last = 'no answer';
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(100);
  }
  throw new Error(`not within ${seconds} s: ${what} (${last})`);
}
