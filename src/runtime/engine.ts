import { createEngine, type Engine } from '../gameday/engine.ts';
import { nodeFiles } from '../gameday/files.ts';
import { isAlive, processStart } from '../gameday/process.ts';
import type { Facts } from '../injection/fault.ts';
import type { Api } from '../kube/api.ts';
import { askGates } from '../safety/preflight.ts';
import type { Runtime } from './runtime.ts';
import { VERSION } from './version.ts';

/** The engine of one connection, with this machine's disk, clock and chance. */
export function engineFor(runtime: Runtime, api: Api): Engine {
  const started = processStart(process.pid);
  return createEngine({
    api,
    clock: runtime.clock,
    random: runtime.random,
    files: nodeFiles,
    stateDir: runtime.paths.state,
    host: runtime.host,
    pid: process.pid,
    ...(started === undefined ? {} : { processStart: started }),
    version: VERSION,
    isAlive,
    gates: async (loaded, plan) => (await askGates(api, loaded, plan)).gates,
  });
}

/** The facts of an injection that is only looked at: nothing of them is kept. */
export function previewFacts(runtime: Runtime, api: Api, experiment: string, random: () => number): Facts {
  return {
    id: 'preview',
    run: 'preview',
    experiment,
    by: runtime.by,
    host: runtime.host,
    at: api.serverTime().now,
    random,
  };
}
