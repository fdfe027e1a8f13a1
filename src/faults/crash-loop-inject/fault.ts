import { type ContainerField, restoreContainerField } from '../../injection/container-field.ts';
import { deploymentPlan } from '../../injection/deployment-plan.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { goJson } from '../../injection/record/go-json.ts';
import { CRASH_CONTAINER, ORIGINAL_COMMAND_PREFIX } from '../../injection/record/markers.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import {
  chosenContainer,
  deploymentReads,
  deploymentTarget,
  freshPods,
  noRollout,
  rolloutWarnings,
  TARGET,
} from '../../injection/rollout.ts';
import { type Container, containersOf } from '../../k8s/deployment.ts';
import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { containerStatuses, controllerOf } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Refusal, Scope } from '../contract.ts';

interface CrashLoopParams {
  name: string;
  containerName?: string;
}

/** A program that no image holds. */
const CRASH_COMMAND = ['/chaos-nonexistent-binary'];
/** 63 characters for the name part of an annotation, less `original-command-`. */
const LONGEST_CONTAINER = 46;
const CRASHES = ['CrashLoopBackOff', 'RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun'];

/** Replaces the command of a Deployment's container by one that cannot start; the original goes into plain annotations. */
export const crashLoop: Fault<CrashLoopParams> = {
  type: 'CrashLoopInject',
  parse: ({ name = '', containerName }) => ({
    name,
    ...(containerName === undefined || containerName === '' ? {} : { containerName }),
  }),
  reads: deploymentReads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: found => restoreContainerField(found.live, COMMAND),
};

function plan(params: CrashLoopParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = deploymentTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const container = chosenContainer(params.containerName, target, LONGEST_CONTAINER);
  if (isRefusal(container)) return container;
  const command = commandOf(container);
  const name = nameOf(refOf(target));
  if (isCrashCommand(command))
    return refuse('no-effect', `container ${container.name} of ${name} already has command ${CRASH_COMMAND[0]}`);
  const no = noRollout(target, 'command');
  if (no !== undefined) return no;
  const path = ['spec', 'template', 'spec', 'containers', container.index];
  return deploymentPlan({
    type: 'CrashLoopInject',
    scope,
    facts,
    target,
    pods,
    records: {
      [CRASH_CONTAINER]: container.name,
      [`${ORIGINAL_COMMAND_PREFIX}${container.name}`]: goJson(command ?? null),
    },
    injected: commandText(CRASH_COMMAND),
    operations: [
      test(pointer(...path, 'name'), container.name),
      ...(command === undefined ? [] : [test(pointer(...path, 'command'), command)]),
      set(pointer(...path, 'command'), CRASH_COMMAND),
    ],
    says: `set command of ${container.name} in ${name} to ${CRASH_COMMAND[0]}`,
    warnings: rolloutWarnings(target, pods.length),
  });
}

const commandOf = (container: Container) => container.command as string[] | undefined;
const isCrashCommand = (value: unknown) => commandText(value) === commandText(CRASH_COMMAND);
/** No command and an empty one are the same to the kubelet, and to the framework. */
const commandText = (value: unknown): string => JSON.stringify(Array.isArray(value) && value.length > 0 ? value : null);

const COMMAND: ContainerField = {
  type: 'CrashLoopInject',
  field: 'command',
  containerKey: CRASH_CONTAINER,
  originalPrefix: ORIGINAL_COMMAND_PREFIX,
  read: readCommand,
  text: commandText,
  looksInjected: isCrashCommand,
};

function readCommand(text: string): { value: Json | undefined } | string {
  const value = parsed(text);
  const isList = Array.isArray(value) && value.every(part => typeof part === 'string');
  if (value !== null && !isList) return `"${sanitise(text, 80)}" is no command that could be put back`;
  if (isCrashCommand(value))
    return 'the recorded original is the chaos command itself: a second injection has overwritten the record';
  return { value: isList && value.length > 0 ? value : undefined };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function effect(_params: CrashLoopParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(made.target);
  const fresh = freshPods(live, made.survivors).filter(pod => crashingContainers(pod).length > 0);
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
