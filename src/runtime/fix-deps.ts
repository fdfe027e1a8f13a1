import type { FixDeps } from '../engine/fix.ts';
import type { StopGap } from '../engine/stop-gap.ts';
import { filesUnder } from '../host/files.ts';
import type { Api } from '../kube/client/api.ts';
import { makeRunId } from '../records/run-id.ts';
import { engineFor, guardFor, recordKeyFor } from './open-engine.ts';
import { processFacts } from './process-facts.ts';
import type { Runtime } from './runtime.ts';

/** What a fix needs from this machine: its disk, its clock and the user. */
export async function fixDepsFor(runtime: Runtime, api: Api): Promise<FixDeps> {
  const startedAt = runtime.realClock.now();
  return {
    api,
    clock: runtime.realClock,
    files: filesUnder(runtime.paths.state),
    stateDir: runtime.paths.state,
    header: {
      run: makeRunId(startedAt, runtime.random),
      startedAt,
      ...processFacts(runtime),
      context: api.identity.context,
      server: api.identity.server,
      user: api.identity.user,
      clusterUid: await engineFor(runtime, api).clusterUid(),
    },
  };
}

/** What a stop-gap of that duration needs in addition: a guardian, and the key that signs its record. */
export async function stopGapFor(runtime: Runtime, api: Api, why: string, ttlMs: number): Promise<StopGap> {
  const { host, by, random } = runtime;
  const deps = await fixDepsFor(runtime, api);
  const guard = guardFor(runtime, api);
  const key = recordKeyFor(api, runtime.realClock);
  return { ...deps, header: { ...deps.header, host }, guard, key: () => key.make(), random, by, why, ttlMs };
}
