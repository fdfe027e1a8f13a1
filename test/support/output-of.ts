import type { ChildProcess } from 'node:child_process';

/** What a process has said so far. */
export interface Output {
  stdout: string;
  stderr: string;
}

/** Collects what a process says; `onOutput` is called with each part of its standard output. */
export function outputOf(
  child: Pick<ChildProcess, 'stdout' | 'stderr'>,
  onOutput: () => void = () => undefined,
): Output {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    output.stdout += part;
    onOutput();
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    output.stderr += part;
  });
  return output;
}
