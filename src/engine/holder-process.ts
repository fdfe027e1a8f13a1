import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { isAlive, processStart } from '../host/process.ts';
import type { HolderProcess, IsHolderAlive } from '../safety/lock-holder.ts';

/**
 * Identifies the pid namespace of this process since the machine's last start, because containers of one machine have pids of their own.
 * Undefined if the system does not provide it (only Linux does): a host name alone does not distinguish two machines.
 */
export function machineId(
  read: (path: string) => string = path => readFileSync(path, 'utf8'),
  link: (path: string) => string = readlinkSync,
): string | undefined {
  try {
    const seen = `${read('/proc/sys/kernel/random/boot_id').trim()} ${link('/proc/self/ns/pid')}`;
    return createHash('sha256').update(seen).digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}

/** This process as the holder of a lock. */
export function thisProcess(): HolderProcess {
  const start = processStart(process.pid);
  const machine = machineId();
  return {
    pid: process.pid,
    ...(start === undefined ? {} : { start }),
    ...(machine === undefined ? {} : { machine }),
  };
}

/** Whether the process of a holder still runs; known only for holders on this machine. */
export function isHolderAlive(machine = machineId()): IsHolderAlive {
  return holder =>
    machine === undefined || holder.machine !== machine ? undefined : isAlive(holder.pid, holder.start);
}
