import { createInterface } from 'node:readline/promises';
import { currentCapture } from './output/capture.ts';
import { cleanLine } from './output/notice.ts';

/** Whether a person can be asked. Not where a command runs on many clusters: the questions would be mixed up. */
export const canAsk = (): boolean =>
  currentCapture() === undefined && process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on stderr, so that piped output stays clean; true only for the expected word. An end of input or an abort is a no. */
export const ask = async (question: string, expected: string, signal?: AbortSignal): Promise<boolean> =>
  (await prompted(question, signal))?.trim() === expected;

/** The answer to a question on stderr; undefined at an end of input or an abort. */
export async function prompted(question: string, signal?: AbortSignal): Promise<string | undefined> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await prompt.question(`${cleanLine(question)} `, signal ? { signal } : {});
  } catch {
    return undefined;
  } finally {
    prompt.close();
  }
}
