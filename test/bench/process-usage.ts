import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB (Linux). */
export const residentMb = (pid: number): number => statusMb(pid, 'VmRSS');

/** The most that it ever was. */
export const mostResidentMb = (pid: number): number => statusMb(pid, 'VmHWM');

function statusMb(pid: number, name: string): number {
  const line = new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** CPU seconds a process has used so far, user and system (Linux, 100 ticks a second). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** CPU milliseconds of the processes that this one started and that have ended (Linux, 100 ticks a second). */
export function childrenCpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
