import { spawnSync } from 'node:child_process';

// `npm run e2e -- [--provider NAMES] [words for vitest…]`: the journeys, against the clusters that are named; see README.md.
const given = process.argv.slice(2);
const rest: string[] = [];
const env = { ...process.env };
for (let at = 0; at < given.length; at++) {
  const [, own, inline] = /^(--provider)(?:=(.*))?$/.exec(given[at] ?? '') ?? [];
  if (own === undefined) rest.push(given[at] ?? '');
  else env.MAYDAY_E2E_PROVIDER = inline ?? given[++at] ?? '';
}
const words = ['run', '--config', 'vitest.e2e.config.ts', ...rest];
const { status, signal } = spawnSync('vitest', words, { env, stdio: 'inherit' });
process.exitCode = status ?? (signal === null ? 1 : 130);
