import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { mayday } from './in-process.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function info(state: string): Promise<Record<string, unknown>> {
  vi.stubEnv('XDG_STATE_HOME', state);
  return JSON.parse((await mayday('info', '-o', 'json')).stdout);
}

test('says why the state folder is unfit, and nothing where it is fit', async () => {
  const home = mkdtempSync(join(tmpdir(), 'mayday-info-'));
  const state = join(home, 'mayday');
  expect((await info(home)).stateUnfit).toBeUndefined();
  mkdirSync(join(state, 'runs'), { recursive: true, mode: 0o700 });
  expect((await info(home)).stateUnfit).toBeUndefined();
  chmodSync(join(state, 'runs'), 0o755);
  expect((await info(home)).stateUnfit).toBe(`${join(state, 'runs')} is open to other users: chmod 700 it`);
});
