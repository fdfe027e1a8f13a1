import type { Engine } from '../engine/engine.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from './runtime.ts';

/**
 * Runs a revert once no other context of this process reverts in the same cluster, known by its uid, or by its address to those who may
 * not read that.
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
