import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonText } from '../text/json.ts';
import { isNewEnough } from './node-version.ts';

/** Finds a Node.js that is new enough: MAYDAY_NODE, the one pinned beside this program, then every `node` on the PATH. */
export function findNewerNode(env: Record<string, string | undefined>): string | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  // The paths of Node.js in a clone and beside an installed package: the whole package, or that of this platform.
  const platform = `../../node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}/bin/`;
  const pinned = ['../node_modules/node/bin/', '../../node/bin/', platform].map(path =>
    fileURLToPath(new URL(path + name, import.meta.url)),
  );
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map(folder => join(folder, name));
  const candidates = [env.MAYDAY_NODE ?? '', ...pinned, ...onPath];
  return candidates.find(
    path => path !== '' && path !== process.execPath && existsSync(path) && isNewEnough(versionOf(path)),
  );
}

function versionOf(node: string): string {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';
}

/**
 * Runs the same command under another Node.js and ends with its exit code. The terminal's own signals reach the child
 * directly; those sent to this process are passed on. If this process dies unasked, the child sees the channel close
 * and treats it as a hang-up, so no fault is left without an owner.
 */
export function reexecute(node: string, argv: readonly string[]): void {
  const child = spawn(node, argv, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MAYDAY_PARENT: '1' },
  });
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    // MAYDAY_NODE, and the error about it, may contain any characters.
    process.stderr.write(`mayday: expected ${jsonText(node)} to start, found: ${jsonText(error.message)}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}

/** In the re-executed child: a vanished parent is a hang-up. */
export function hangUpWithParent(): void {
  if (process.env.MAYDAY_PARENT !== '1' || !process.channel) return;
  delete process.env.MAYDAY_PARENT;
  process.on('disconnect', () => {
    if (!process.emit('SIGHUP', 'SIGHUP')) process.exit(129);
  });
  process.channel.unref();
}
