import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startMayday } from '../e2e/journeys/mayday.ts';
import type { Ended } from '../e2e/providers/kubectl.ts';
import type { Scene } from './attack.ts';

/** Nothing that is played here lasts so long, unless it hangs. */
const DEADLINE_MS = 60_000;

/** A way to start mayday on a scene: with other folders, variables or clusters than the scene's own. */
export interface Otherwise {
  readonly env?: Readonly<Record<string, string>>;
  /** The kubeconfig; the admin's unless told. */
  readonly as?: string;
}

/** How it ended; `hung` when it had to be killed. */
export interface Outcome extends Ended {
  readonly hung: boolean;
}

/** The admin's mayday, without waiting for ever. */
export async function maydayOf(scene: Scene, words: readonly string[], { env, as }: Otherwise = {}): Promise<Outcome> {
  const running = startMayday(['--kubeconfig', as ?? scene.provider.kubeconfig, ...words], {
    XDG_STATE_HOME: join(scene.folder, 'state'),
    XDG_CONFIG_HOME: join(scene.folder, 'config'),
    ...env,
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    running.signal('SIGKILL');
  }, DEADLINE_MS);
  try {
    return { ...(await running.ended), hung };
  } finally {
    clearTimeout(timer);
  }
}

/** A folder of the scene, made. */
export function folderOf(scene: Scene, name: string): string {
  const path = join(scene.folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Many ends as one, for those who look at what was said. */
export const together = (ends: readonly Outcome[]): Ended => ({
  code: Math.max(...ends.map(({ code }) => code)),
  stdout: ends.map(({ stdout }) => stdout).join(''),
  stderr: ends.map(({ stderr, hung }) => `${stderr}${hung ? 'HUNG\n' : ''}`).join(''),
});

export const HUNG = /^HUNG$/m;
