import { createEngine, type Engine } from '../gameday/engine.ts';
import { nodeFiles } from '../gameday/files.ts';
import { isAlive, processStart } from '../gameday/process.ts';
import type { Facts, Plan } from '../injection/fault.ts';
import type { Api } from '../kube/api.ts';
import type { GateResult } from '../safety/gate.ts';
import { askGates } from '../safety/preflight.ts';
import type { Runtime } from './runtime.ts';
import { VERSION } from './version.ts';

/** What one run adds: its own chance, and a gate that only the caller knows. */
export interface EngineExtras {
  random?: () => number;
  gate?: (plan: Plan) => GateResult;
}

/** The engine of one connection, with this machine's disk, clock and chance. */
export function engineFor(runtime: Runtime, api: Api, extras: EngineExtras = {}): Engine {
  const started = processStart(process.pid);
  return createEngine({
    api,
    clock: runtime.clock,
    random: extras.random ?? runtime.random,
    files: nodeFiles,
    stateDir: runtime.paths.state,
    host: runtime.host,
    pid: process.pid,
    ...(started === undefined ? {} : { processStart: started }),
    version: VERSION,
    isAlive,
    gates: async (loaded, plan) => {
      const { gates } = await askGates(api, loaded, plan);
      return extras.gate ? [...gates, extras.gate(plan)] : gates;
    },
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
