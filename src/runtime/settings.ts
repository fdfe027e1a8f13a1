import { existsSync } from 'node:fs';
import type { ConfigReading } from './config-file.ts';

/**
 * Reads the configuration file. A missing file is an empty one unless it was asked for by name. The parsers are loaded only
 * where there is a file: they cost a fifth of the time to the first frame.
 */
export async function readConfig(path: string, askedFor: boolean): Promise<ConfigReading> {
  if (existsSync(path)) return (await import('./config-file.ts')).readConfigFile(path);
  if (askedFor) return { ok: false, message: `expected a configuration file, found nothing at ${path}` };
  return {
    ok: true,
    config: { protected: [], readOnly: false, ascii: false, guardian: 'at-ttl', lock: 'on', lockNamespace: 'default' },
  };
}

/** Whether a context is named by one of the protected patterns (`*` stands for any run of characters). */
export function isProtected(context: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => {
    const source = pattern
      .split('*')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${source}$`).test(context);
  });
}
