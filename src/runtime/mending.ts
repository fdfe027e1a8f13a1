import type { MendDeps } from '../engine/mend.ts';
import { filesUnder } from '../host/files.ts';
import { processStart } from '../host/process.ts';
import type { Api } from '../kube/client/api.ts';
import { makeRunId } from '../records/run-id.ts';
import { engineFor } from './open-engine.ts';
import type { Runtime } from './runtime.ts';
import { VERSION } from './version.ts';

/** What mending needs of this machine: its disk and clock, and who does it. */
export async function mendDepsFor(runtime: Runtime, api: Api): Promise<MendDeps> {
  const startedAt = runtime.realClock.now();
  const started = processStart(process.pid);
  return {
    api,
    clock: runtime.realClock,
    files: filesUnder(runtime.paths.state),
    stateDir: runtime.paths.state,
    header: {
      run: makeRunId(startedAt, runtime.random),
      startedAt,
      pid: process.pid,
      ...(started === undefined ? {} : { processStart: started }),
      host: runtime.host,
      version: VERSION,
      context: api.identity.context,
      server: api.identity.server,
      user: api.identity.user,
      clusterUid: await engineFor(runtime, api).clusterUid(),
    },
  };
}
