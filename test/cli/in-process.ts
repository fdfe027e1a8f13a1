import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

/** Runs a command line in this process; what it wrote, and its exit code. */
export async function mayday(...argv: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const ended = { stdout: '', stderr: '', code: -1 };
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = (text: unknown, done?: unknown): boolean => {
      ended[stream] += String(text);
      if (typeof done === 'function') done();
      return true;
    };
    vi.spyOn(process[stream], 'write').mockImplementation(write);
  }
  vi.spyOn(process, 'exit').mockImplementation(code => {
    ended.code = Number(code);
    return undefined as never;
  });
  await main(argv);
  vi.restoreAllMocks();
  return ended;
}
