import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { cleanState, MAYDAY, NODE } from './program.ts';

const SPEED = 20;

/** All shipped experiments as one suite, on a sandbox that is twenty times faster than life. */
export async function suiteOfAll(): Promise<Figure[]> {
  const began = performance.now();
  const { stdout } = spawnSync(
    NODE,
    [MAYDAY, 'suite', join(import.meta.dirname, '../../experiments'), '--sandbox', '--speed', String(SPEED), '--yes'],
    { encoding: 'utf8', env: { ...process.env, ...cleanState() } },
  );
  const counts = stdout.trim().split('\n').at(-1) ?? '';
  if (!/^\d+ runs: .*, 0 remain$/.test(counts)) throw new Error(`the suite did not end: ${stdout.slice(-300)}`);
  const seconds = (performance.now() - began) / 1000;
  return [{ what: `suite, ${counts}, speed ${SPEED}`, measured: `${seconds.toFixed(0)} s`, budget: '120 s' }];
}
