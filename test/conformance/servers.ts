import { readFileSync } from 'node:fs';
import { startSandbox } from '../../src/sandbox/server.ts';
import { start } from '../cluster/controlplane/start.ts';
import { type Target, targetOf } from './target.ts';

/** A server that was started here, or only reached. */
export interface Server {
  readonly target: Target;
  /** Faults inside it since the last call. */
  faults(): string[];
  stop(): Promise<void>;
}

const REAL_PATIENCE_MS = 20_000;
const SANDBOX_PATIENCE_MS = 6_000;
const SPEED = 20;

/** A sandbox whose controllers work twenty times as fast as real ones. */
export async function startSandboxServer(): Promise<Server> {
  const faults: string[] = [];
  const note = (fault: unknown) => faults.push(String((fault as Error).stack ?? fault));
  const sandbox = await startSandbox({ seed: 7, speed: SPEED, onFault: note });
  const target = targetOf(sandbox.kubeconfig, SANDBOX_PATIENCE_MS);
  return {
    target,
    faults: () => faults.splice(0),
    async stop() {
      target.close();
      await sandbox.stop();
    },
  };
}

/** The real server of a kubeconfig file, or, without one, a control plane of its own. */
export async function realServer(kubeconfig?: string): Promise<Server> {
  const cluster = kubeconfig === undefined ? await start() : undefined;
  const target = targetOf(readFileSync(kubeconfig ?? cluster?.kubeconfig ?? '', 'utf8'), REAL_PATIENCE_MS);
  return {
    target,
    faults: () => [],
    async stop() {
      target.close();
      await cluster?.stop();
    },
  };
}
