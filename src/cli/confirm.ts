import { createInterface } from 'node:readline/promises';
import { cleanLine } from './tell.ts';

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on stderr, so that piped output stays clean; true only for the expected word. An end of input or an abort is a no. */
export async function ask(question: string, expected: string, signal?: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${cleanLine(question)} `, signal ? { signal } : {});
    return answer.trim() === expected;
  } catch {
    return false;
  } finally {
    prompt.close();
  }
}
