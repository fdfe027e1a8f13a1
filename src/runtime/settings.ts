import { dirname, resolve } from 'node:path';
import { readRegular } from '../host/disk/regular.ts';
import { matchesPattern } from '../text/pattern.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Config, ConfigReading } from './config-file.ts';

/**
 * Reads the configuration file. A missing file counts as empty, unless it was named by the user (`askedFor`). A file that cannot be read
 * is an error, since it may protect contexts. The parsers are loaded only if there is a file: loading them takes a fifth of the time to
 * the first frame.
 */
export async function readConfig(path: string, askedFor: boolean): Promise<ConfigReading> {
  const reading = readRegular(path);
  if (reading.is === 'text') {
    const { parseConfig } = await import('./config-file.ts');
    const parsed = parseConfig(path, reading.text);
    return parsed.ok ? withReceivers(parsed.config, path) : parsed;
  }
  if (reading.is === 'refused')
    return {
      ok: false,
      message: sanitise(
        `configuration ${path} cannot be read: ${reading.why}; it may protect clusters, so nothing was begun: correct it, or name another with --config`,
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

/** The configuration with the receivers of the file that it names. */
async function withReceivers(config: Config, path: string): Promise<ConfigReading> {
  if (config.notifyFrom === undefined) return { ok: true, config };
  const { parseReceivers } = await import('./config-file.ts');
  const from = resolve(dirname(path), config.notifyFrom);
  const reading = readRegular(from);
  if (reading.is !== 'text') {
    const found = reading.is === 'missing' ? 'nothing' : reading.why;
    const says = `configuration ${path}: notifyFrom: expected a file with a list of receivers at ${from}, found ${found}`;
    return { ok: false, message: sanitise(says) };
  }
  const more = parseReceivers(`configuration ${path}: notifyFrom: ${from}`, reading.text);
  return more.ok ? { ok: true, config: { ...config, notify: [...config.notify, ...more.receivers] } } : more;
}

/** Whether a context is named by one of the protected patterns (`*` stands for any run of characters). */
export function isProtected(context: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matchesPattern(context, pattern));
}
