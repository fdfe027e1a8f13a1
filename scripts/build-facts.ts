import { execFileSync } from 'node:child_process';
import type { Build } from '../src/host/version.ts';

/** Runs git; undefined where there is none, or no checkout. */
export type Git = (...args: string[]) => string | undefined;

export const git: Git = (...args) => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
};

/** What the bundle says of itself. Where there is no git, as in a stage of an image, MAYDAY_COMMIT and MAYDAY_BUILT say it. */
export function buildFacts(version: string, env: NodeJS.ProcessEnv, git: Git): Build {
  const commit = env.MAYDAY_COMMIT || commitAtHand(git);
  const built = env.MAYDAY_BUILT || git('log', '-1', '--format=%cI');
  return { version, ...(commit && { commit }), ...(built && { built }) };
}

function commitAtHand(git: Git): string | undefined {
  const head = git('rev-parse', 'HEAD');
  return head && git('status', '--porcelain', '--untracked-files=no') ? `${head}-changed` : head;
}
