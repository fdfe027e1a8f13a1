import { readFileSync } from 'node:fs';

/** When a process started, in the kernel's ticks; undefined if the system does not provide it (only Linux does). */
export function processStart(
  pid: number,
  read: (path: string) => string = path => readFileSync(path, 'utf8'),
): string | undefined {
  try {
    // The command name, in parentheses, may itself hold spaces and parentheses; the start time is field 22, 20th after it.
    const stat = read(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether a process with this pid runs and is the one that started at `start`. */
export function isAlive(pid: number, start: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process runs and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const now = processStart(pid);
  return start === undefined || now === undefined || start === now;
}
