import type { Plan } from '../faults/contract.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';

/** Why a plan would delete its own pod, or keep pods of its submission from starting. Undefined where it does not. The pod is needed for the revert. */
export function harmOfOwnPod(
  plan: Plan,
  namespace: string,
  selects: (policy: KubeObject) => boolean,
): string | undefined {
  for (const write of plan.writes) {
    const { kind, name } = write.on;
    const isHere = write.on.namespace === namespace;
    if (write.verb === 'delete' && kind === 'Namespace' && name === namespace) return `it deletes ${nameOf(write.on)}`;
    if (write.verb !== 'create' || !isHere) continue;
    if (kind === 'ResourceQuota') return `it creates ${nameOf(write.on)}, which keeps pods from starting`;
    if (kind === 'NetworkPolicy' && selects(write.body as KubeObject))
      return `${nameOf(write.on)} would cut it off from the network`;
  }
  return undefined;
}
