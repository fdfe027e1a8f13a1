import type { Engine } from '../engine/engine.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from './runtime.ts';

/**
 * Runs a revert when no other context of this process is reverting in the same cluster. A cluster is identified by its uid and by its
 * address: some users may not read the uid.
 */
export async function revertInTurn<T>(
  { options }: Runtime,
  api: Api,
  engine: Pick<Engine, 'clusterUid'>,
  work: () => Promise<T>,
  waits?: () => void,
): Promise<T> {
  const queue = options.shared?.revertQueue;
  if (queue === undefined) return work();
  return queue.run([`server ${api.identity.server}`, `uid ${await engine.clusterUid()}`], work, waits);
}
