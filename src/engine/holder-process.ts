import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { isAlive, processStart } from '../host/process.ts';
import type { HolderProcess, IsHolderAlive } from '../safety/lock-holder.ts';

/**
 * Names this machine since its last start, and the pids on it that we can see: containers of one machine have pids of their own.
 * Undefined where the system does not say (only Linux does): a name alone does not tell two machines apart.
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

/** Whether a holder lives: known of those on this machine only. */
export function isHolderAlive(machine = machineId()): IsHolderAlive {
  return holder =>
    machine === undefined || holder.machine !== machine ? undefined : isAlive(holder.pid, holder.start);
}
