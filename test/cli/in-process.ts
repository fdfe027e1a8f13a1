import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

const OUTPUTS = ['stdout', 'stderr'] as const;

/** Runs a command line in this process; what it wrote, and its exit code. Not with `--sandbox`, which starts the program again. */
export async function mayday(...argv: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const ended = { stdout: '', stderr: '', code: -1 };
  for (const stream of OUTPUTS) {
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
  const listening = OUTPUTS.map(stream => process[stream].listeners('error'));
  await main(argv);
  vi.restoreAllMocks();
  // A process ends with its command; this one goes on, and must not gather listeners.
  for (const [index, stream] of OUTPUTS.entries())
    for (const listener of process[stream].listeners('error'))
      if (!listening[index]?.includes(listener)) process[stream].off('error', listener as () => void);
  return ended;
}
