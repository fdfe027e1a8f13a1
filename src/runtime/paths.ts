import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The paths that the program uses, by the XDG rules: a relative value in a variable counts as unset. */
export interface Paths {
  /** Configuration file. */
  config: string;
  /** Run journals and records. */
  state: string;
  log: string;
  /** The log of the guardians. */
  guardianLog: string;
  /** The experiments that come with the program. */
  experiments: string;
}

/** Every path the program uses, from the environment; nothing is created. */
export function paths(env: Record<string, string | undefined>, home: string = homedir()): Paths {
  const base = (variable: string, ...fallback: string[]) => {
    const value = env[variable];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, ...fallback), 'mayday');
  };
  const state = base('XDG_STATE_HOME', '.local', 'state');
  return {
    config: join(base('XDG_CONFIG_HOME', '.config'), 'config.yaml'),
    state,
    log: join(state, 'mayday.log'),
    guardianLog: join(state, 'guardian.log'),
    experiments: fileURLToPath(experimentsUrl()),
  };
}

/** Beside the bundle (`dist/`) the folder is one up; from source it is two. */
function experimentsUrl(): URL {
  const fromBundle = new URL('../experiments', import.meta.url);
  return fromBundle.pathname.endsWith('/src/experiments') ? new URL('../../experiments', import.meta.url) : fromBundle;
}

/** The folder of the user's themes, beside the configuration file. */
export const themesFolder = (config: string): string => join(dirname(config), 'themes');
