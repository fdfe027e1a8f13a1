import type { LoadedExperiment } from '../experiment/types.ts';
import type { RunHeader } from '../records/journal.ts';
import { makeRunId } from '../records/run-id.ts';
import type { EngineDeps } from './deps.ts';

/** The user, the machine and the cluster, as records name them. */
export interface Identity {
  /** The uid of namespace kube-system, or the server's address if that may not be read. */
  clusterUid(): Promise<string>;
  /** This machine and this cluster, by which our own journals are recognised. */
  here(): Promise<{ clusterUid: string; host: string }>;
  /** The header of a record that begins now, with a new id. */
  header(): Promise<Omit<RunHeader, 'experiment'>>;
}

export function createIdentity(deps: EngineDeps): Identity {
  const { api, clock, host } = deps;
  let uid: Promise<string> | undefined;
  const clusterUid = () => {
    uid ??= api
      .get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' })
      .then(got => (got.ok ? (got.value.metadata.uid ?? '') : `server ${api.identity.server}`));
    return uid;
  };
  return {
    clusterUid,
    here: async () => ({ clusterUid: await clusterUid(), host }),
    async header() {
      const startedAt = clock.now();
      return {
        run: makeRunId(startedAt, deps.random),
        startedAt,
        pid: deps.pid,
        ...(deps.processStart === undefined ? {} : { processStart: deps.processStart }),
        host,
        version: deps.version,
        context: api.identity.context,
        server: api.identity.server,
        user: api.identity.user,
        clusterUid: await clusterUid(),
      };
    },
  };
}

/** The header of a run of this experiment. */
export function withExperiment(header: Omit<RunHeader, 'experiment'>, loaded: LoadedExperiment): RunHeader {
  const { metadata, spec } = loaded.experiment;
  const { path, sha256 } = loaded;
  return { ...header, experiment: { name: metadata.name, path, sha256, type: spec.injection.type } };
}
