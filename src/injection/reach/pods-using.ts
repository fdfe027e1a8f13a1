import type { Live, Read, Refusal } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isFinished } from '../../k8s/pod.ts';
import { itemsOf, listIn } from '../live.ts';
import { blindTo } from '../plan/refuse.ts';

const PODS = 'pods';

/** Reads the pods among which `podsUsing` looks. */
export const podsRead = (namespace: string): Read => ({
  key: PODS,
  list: { apiVersion: 'v1', kind: 'Pod', namespace },
});

/** The unfinished pods that use the target; a refusal if the pods could not be read. `pods` names them in that message. */
export function podsUsing(live: Live, pods: string, uses: (pod: KubeObject) => boolean): KubeObject[] | Refusal {
  const seen = listIn(live, PODS);
  if (seen.state === 'blind') return blindTo(pods, seen.failure);
  return itemsOf(seen).filter(pod => !isFinished(pod) && uses(pod));
}
