import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Api } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import type { Provider } from './provider.ts';
import { sandbox } from './sandbox.ts';

/** A sandbox for the tests of one file, a client of it, and homes of people with their configuration. */
export interface OnSandbox {
  provider(): Provider;
  api(): Api;
  /** A home with this configuration, and the environment by which the program finds it. */
  home(config: string): { folder: string; env: { XDG_STATE_HOME: string; XDG_CONFIG_HOME: string } };
}

/** Opens the sandbox before the tests of this file, and closes it after them. `before` is called first at the end. */
export function onSandbox(before: () => void = () => undefined): OnSandbox {
  let provider: Provider;
  let api: Api;
  const homes: string[] = [];
  beforeAll(async () => {
    provider = await sandbox.open();
    const connected = await connect({ kubeconfig: provider.kubeconfig });
    if (!connected.ok) throw new Error(connected.message);
    api = connected.value;
  });
  afterAll(async () => {
    before();
    await api?.close();
    await provider?.close();
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  });
  return {
    provider: () => provider,
    api: () => api,
    home(config) {
      const folder = mkdtempSync(join(tmpdir(), 'mayday-home-'));
      homes.push(folder);
      mkdirSync(join(folder, 'config/mayday'), { recursive: true });
      writeFileSync(join(folder, 'config/mayday/config.yaml'), `${config}\n`);
      return { folder, env: { XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') } };
    },
  };
}
