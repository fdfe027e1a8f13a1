import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** When a process that lives on writes what it has compiled; a console may end by a signal, which writes nothing. */
const WRITE_AFTER_MS = 5_000;

/**
 * Keeps V8's compiled code of the bundle below the user's cache folder, so that the next start need not compile it again.
 * A failure here costs only time, so it is not reported. Node.js writes the cache at a normal exit by itself.
 */
export function keepCompiledCode(env: Record<string, string | undefined>): void {
  if (env.NODE_COMPILE_CACHE !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  const { XDG_CACHE_HOME: cache } = env;
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache');
  // Older versions of Node.js have neither function; they get as far as re-executing under a newer one.
  nodeModule.enableCompileCache?.(join(base, 'mayday', 'compiled'));
  setTimeout(() => nodeModule.flushCompileCache?.(), WRITE_AFTER_MS).unref();
}
