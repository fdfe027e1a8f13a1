/**
 * Folders of clusters: one each, in the system's temporary folder (a unix socket's path must be short), with the
 * process ids in it, so that what a crash left running is found and ended by the next start.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** The folder that holds all clusters of this user. */
export const clustersFolder = (): string => join(tmpdir(), `mayday-clusters-${userInfo().uid}`);

export interface Folder {
  readonly path: string;
  readonly logs: string;
  /** Notes a process (group) as belonging to this cluster. */
  remember(pid: number): void;
  /** Gives the folder up: removes it, or with `keep` only the bulk of it, so that the logs can be read. */
  release(how: { readonly keep: boolean }): void;
}

/** Makes (or empties) a folder for one cluster, owned by this process. First ends what dead owners left behind. */
export function claimFolder(wanted?: string): Folder {
  mkdirSync(clustersFolder(), { recursive: true, mode: 0o700 });
  sweep();
  const path = wanted ?? mkdtempSync(join(clustersFolder(), 'test-'));
  if (wanted !== undefined) rmSync(wanted, { recursive: true, force: true });
  const logs = join(path, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'owner'), `${process.pid}`);
  return {
    path,
    logs,
    remember: pid => appendFileSync(join(path, 'pids'), `${pid}\n`),
    release({ keep }) {
      if (keep) rmSync(join(path, 'etcd'), { recursive: true, force: true });
      else rmSync(path, { recursive: true, force: true });
      if (keep) rmSync(join(path, 'owner'), { force: true });
    },
  };
}

/** Ends the processes of clusters whose owner is gone and removes their data; keeps the logs for a day. */
export function sweep(): void {
  for (const entry of readdirSync(clustersFolder(), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(clustersFolder(), entry.name);
    const owner = numberIn(join(path, 'owner'));
    if (owner !== undefined && isAlive(owner)) continue;
    for (const pid of recordedProcesses(path)) endGroup(pid);
    rmSync(join(path, 'etcd'), { recursive: true, force: true });
    if (Date.now() - statSync(path).mtimeMs > 24 * 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

/** The recorded processes of a cluster that live and are still the ones meant: their command line names the folder. */
export function recordedProcesses(path: string): number[] {
  const file = join(path, 'pids');
  if (!existsSync(file)) return [];
  const pids = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  return pids.filter(pid => isAlive(pid) && commandLine(pid).includes(path));
}

// Process ids are used again: without a look at the command line a sweep could end a stranger's process.
function commandLine(pid: number): string {
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone between the look and the signal.
  }
}

function numberIn(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const read = Number(readFileSync(path, 'utf8'));
  return Number.isInteger(read) && read > 0 ? read : undefined;
}
