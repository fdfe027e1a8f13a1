import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';

/** An error as one line of the screen. */
export const wordsOf = (error: unknown): string => sanitise(messageOf(error), 200);

/** The result of work; undefined if it failed. The caller shows what is unknown then. */
export async function attemptQuietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
