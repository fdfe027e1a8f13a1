import { readRegular } from '../host/disk/regular.ts';
import { fitsPattern } from '../text/pattern.ts';
import { sanitise } from '../text/sanitise.ts';
import type { ConfigReading } from './config-file.ts';

/**
 * Reads the configuration file. A missing file is an empty one unless it was asked for by name; one that cannot be read is never taken for
 * a missing one, since it may say what is protected. The parsers are loaded only where there is a file: they cost a fifth of the time to
 * the first frame.
 */
export async function readConfig(path: string, askedFor: boolean): Promise<ConfigReading> {
  const reading = readRegular(path);
  if (reading.is === 'text') return (await import('./config-file.ts')).parseConfig(path, reading.text);
  if (reading.is === 'refused')
    return {
      ok: false,
      message: sanitise(
        `configuration ${path} cannot be read: ${reading.why}; it may protect clusters, so nothing was begun: mend it, or name another with --config`,
      ),
    };
  if (askedFor) return { ok: false, message: sanitise(`expected a configuration file, found nothing at ${path}`) };
  return {
    ok: true,
    config: {
      protected: [],
      readOnly: false,
      ascii: false,
      guardian: 'at-ttl',
      lock: 'on',
      lockNamespace: 'default',
      theme: 'terminal',
      keys: {},
      notify: [],
      clusterEvents: 'on',
      freeze: [],
    },
  };
}

/** Whether a context is named by one of the protected patterns (`*` stands for any run of characters). */
export function isProtected(context: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => fitsPattern(context, pattern));
}
