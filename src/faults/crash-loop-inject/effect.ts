import { newPods, TARGET } from '../../injection/reach/rollout.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { type Container, containersOf } from '../../k8s/deployment.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { containerStatuses, controllerOf } from '../../k8s/pod.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { CRASH_COMMAND, type CrashLoopParams, commandOf, isCrashCommand } from './plan.ts';

const CRASHES = ['CrashLoopBackOff', 'RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun'];

/** Whether the cluster shows that the fault took effect. */
export function effect(_params: CrashLoopParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const fresh = newPods(live, plan.survivors).filter(pod => crashingContainers(pod).length > 0);
  const crashed = fresh.flatMap(crashes);
  if (crashed.length > 0) return { state: 'proven', evidence: crashed };
  if (!containersOf(back.object).some(container => isCrashCommand(commandOf(container))))
    return { state: 'absent', evidence: [`${name} does not run ${CRASH_COMMAND[0]} (any more)`] };
  const waiting = fresh.map(
    pod => `pod ${pod.metadata.name} of ${controllerOf(pod)?.name ?? name} has the command and has not crashed yet`,
  );
  return { state: 'pending', evidence: [`${name} asks for command ${CRASH_COMMAND[0]}`, ...waiting] };
}

/** Names of the pod's containers that have the chaos command. */
function crashingContainers(pod: KubeObject): string[] {
  const { containers = [] } = (pod.spec ?? {}) as { containers?: Container[] };
  return containers.filter(container => isCrashCommand(commandOf(container))).map(container => container.name);
}

function crashes(pod: KubeObject): string[] {
  const names = crashingContainers(pod);
  return containerStatuses(pod)
    .filter(status => names.includes(status.name ?? ''))
    .flatMap(status => {
      const reason = status.state?.waiting?.reason ?? status.state?.terminated?.reason ?? '';
      const restarts = status.restartCount ?? 0;
      if (!CRASHES.includes(reason) && restarts === 0) return [];
      const owner = controllerOf(pod)?.name ?? '?';
      return [
        `pod ${pod.metadata.name} of ${owner}: ${status.name} fails with ${reason || 'an error'}, ${restarts} restarts`,
      ];
    });
}
