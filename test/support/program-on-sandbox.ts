import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { startSandboxServer } from '../../src/sandbox/server.ts';

/** The bundle, as users run it; `npm test` and `npm run e2e` build it first. */
export const PROGRAM = join(import.meta.dirname, '../../dist/mayday.js');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A healthy sandbox, an admin's connection to it, and a person who runs mayday against it. */
export interface ProgramOnSandbox {
  api: Api;
  /** Holds the kubeconfig, the configuration and the state of the person. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Runs mayday to its end. */
  mayday(...args: string[]): Promise<Ended>;
  close(): Promise<void>;
}

export async function programOnSandbox(): Promise<ProgramOnSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-program-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const sandbox = await startSandboxServer({ scenario: 'healthy', port: 0, speed: 1 });
  writeFileSync(kubeconfig, sandbox.kubeconfig);
  const connected = await connect({ kubeconfig });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const env = {
    ...process.env,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    KUBECONFIG: kubeconfig,
    LC_ALL: 'C.UTF-8',
    TERM: 'xterm',
  };
  return {
    api,
    folder,
    env,
    mayday: (...args) =>
      new Promise(resolve => {
        const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        );
        child.stdin?.end();
      }),
    async close() {
      await api.close();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
