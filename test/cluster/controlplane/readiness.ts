import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';
import { type Child, lastLines } from './children.ts';

/**
 * Asks `ready` every 50 ms until it says true (an error counts as no). Rejects after `seconds`, and at once when one
 * of `needed` has ended, with the last lines of its log.
 */
export async function until(
  what: string,
  ready: () => Promise<boolean>,
  needed: readonly Child[],
  seconds = 60,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let reason = 'not ready';
  while (performance.now() < deadline) {
    const dead = needed.find(child => !child.running);
    if (dead !== undefined)
      throw new Error(`${dead.name} ended with ${await dead.exited}:\n${lastLines(dead.log, 15)}`);
    try {
      if (await ready()) return;
      reason = 'not ready';
    } catch (error) {
      reason = (error as Error).message;
    }
    await sleep(50);
  }
  throw new Error(`${what} was not ready after ${seconds} s: ${reason}`);
}

/** True once the API server says that everything in it has started. */
export async function apiServerReady(api: Api): Promise<boolean> {
  return (await api.call('GET', '/readyz')).status === 200;
}

/** True once pods can be created and run: the nodes are Ready and the default ServiceAccount is there. */
export async function clusterReady(api: Api, nodes: number): Promise<boolean> {
  const account = await api.call('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return false;
  const list = await api.must('GET', '/api/v1/nodes');
  const ready = (node: NodeShape): boolean =>
    node.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') === true &&
    node.spec?.taints === undefined;
  return (list.body.items as NodeShape[]).filter(ready).length >= nodes;
}

interface NodeShape {
  readonly spec?: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
