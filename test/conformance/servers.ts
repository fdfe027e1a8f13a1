import { readFileSync } from 'node:fs';
import type { WallClock } from '../../src/sandbox/clock.ts';
import { startSandboxServer as startServer } from '../../src/sandbox/server.ts';
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
/** How many times as fast as this machine's the sandbox's clock on the wall is, so that watches do not last their seconds. */
const HASTE = 10;
/** How many times as fast as that its cluster lives. */
const SPEED = 2;

function hastyWall(): WallClock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * HASTE,
    setTimeout: (callback, ms) => setTimeout(callback, ms / HASTE),
    clearTimeout: handle => clearTimeout(handle as NodeJS.Timeout),
  };
}

/** A sandbox whose controllers work twenty times as fast as real ones. */
export async function startSandboxServer(): Promise<Server> {
  const faults: string[] = [];
  const note = (fault: unknown) => faults.push(String((fault as Error).stack ?? fault));
  const sandbox = await startServer({ seed: 7, speed: SPEED, wall: hastyWall(), onFault: note });
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
