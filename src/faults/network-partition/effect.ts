import { itemsOf, listIn } from '../../injection/live.ts';
import { createdReadBack } from '../../injection/plan/created.ts';
import {
  allows,
  DIRECTIONS,
  type Direction,
  enforcerIn,
  isHostNetwork,
  isolating,
} from '../../injection/reach/isolation.ts';
import { expiredLeases } from '../../k8s/lease.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isActive, isReady } from '../../k8s/pod.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { type NetworkPartitionParams, PODS, POLICIES, POLICY } from './plan.ts';

export const DAEMON_SETS = 'daemon sets';

export const LEASES = 'leases';

/** Whether the cluster shows that the fault took effect. */
export function effect(params: NetworkPartitionParams, plan: Plan, live: Live): Effect {
  const back = createdReadBack(plan, live, POLICY);
  if ('effect' in back) return back.effect;
  const pods = listIn(live, PODS);
  const stands = `${nameOf(refOf(back.object))} exists`;
  if (pods.state !== 'found') return { state: 'pending', evidence: [stands, 'the pods it selects could not be read'] };
  const running = pods.value.filter(pod => isActive(pod) && !isHostNetwork(pod));
  const others = listIn(live, POLICIES);
  const isCut = (pod: KubeObject, way: Direction) =>
    isolating(pod, itemsOf(others), way).every(policy => !allows(policy, way));
  const cut = running.filter(pod => DIRECTIONS.some(way => isCut(pod, way)));
  const evidence = [
    `${stands}: ${cut.length} of ${running.length} selected pods (${params.labelSelector}) may neither send nor receive`,
  ];
  if (cut.length === 0) return { state: 'absent', evidence };
  const sign = enforcement(cut, back.object, live);
  return sign === undefined
    ? { state: 'pending', evidence: [...evidence, 'nothing shows that the network of this cluster enforces policies'] }
    : { state: 'proven', evidence: [...evidence, sign] };
}

/**
 * Evidence that the policy is enforced: a network plugin that enforces policies, or pods that can no longer be reached
 * or reach the API server. The API server accepts policies in any cluster, so the object alone is no evidence.
 */
function enforcement(cut: readonly KubeObject[], policy: KubeObject, live: Live): string | undefined {
  const daemonSets = listIn(live, DAEMON_SETS);
  const plugin = daemonSets.state === 'found' ? enforcerIn(daemonSets.value) : undefined;
  if (plugin !== undefined) return `DaemonSet ${plugin} enforces network policies`;
  const unready = cut.filter(pod => !isReady(pod)).map(pod => pod.metadata.name);
  if (unready.length > 0) return `no longer Ready: ${unready.join(', ')}`;
  const leases = listIn(live, LEASES);
  const since = Date.parse(policy.metadata.creationTimestamp ?? '');
  const [lease] = leases.state === 'found' ? expiredLeases(leases.value, cut, since) : [];
  return (
    lease &&
    `${nameOf(refOf({ ...lease, kind: 'Lease' }))} is no longer renewed: its holder cannot reach the API server`
  );
}
