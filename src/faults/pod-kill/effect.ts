import { listIn, objectIn } from '../../injection/live.ts';
import { isReady, isTerminating, phaseOf } from '../../k8s/pod.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { PODS, type PodKillParams } from './plan.ts';

export const victimKey = (index: number) => `victim ${index}`;

/** Whether the cluster shows that the fault took effect. */
export function effect(_params: PodKillParams, plan: Plan, live: Live): Effect {
  const standing = plan.writes.map((write, index) => ({
    name: write.on.name,
    uid: write.on.uid,
    seen: objectIn(live, victimKey(index)),
  }));
  const evidence: string[] = [];
  let gone = 0;
  for (const { name, uid, seen } of standing) {
    if (seen.state === 'absent' || (seen.state === 'found' && seen.value.metadata.uid !== uid)) {
      gone += 1;
      evidence.push(`pod ${name} (${uid}) is gone`);
    } else if (seen.state === 'found') {
      evidence.push(isTerminating(seen.value) ? `pod ${name} is Terminating` : `pod ${name} is still there`);
    } else {
      evidence.push(`pod ${name} could not be read back`);
    }
  }
  evidence.push(...replacements(plan, live));
  const isLeaving = standing.some(
    ({ seen, uid }) => seen.state === 'found' && seen.value.metadata.uid === uid && isTerminating(seen.value),
  );
  const unread = standing.some(({ seen }) => seen.state === 'blind' || seen.state === 'unread');
  const state = gone === standing.length ? 'proven' : gone > 0 || isLeaving || unread ? 'pending' : 'absent';
  return { state, evidence };
}

/** Lines about pods of the same selector that were created after the kill: a controller has replaced the killed ones. */
function replacements(plan: Plan, live: Live): string[] {
  const seen = listIn(live, PODS);
  if (seen.state !== 'found') return [];
  const killed = new Set(plan.pods.map(pod => pod.uid));
  const fresh = seen.value.filter(
    pod => !killed.has(pod.metadata.uid ?? '') && !plan.survivors?.includes(pod.metadata.uid ?? ''),
  );
  return fresh.map(pod => `replacement ${pod.metadata.name} is ${isReady(pod) ? 'Ready' : phaseOf(pod)}`);
}
