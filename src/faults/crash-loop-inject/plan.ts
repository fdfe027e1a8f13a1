import { containerPlan, containerTarget } from '../../injection/plan/container-plan.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { refusedIfNoRollout, rolloutWarnings } from '../../injection/reach/rollout.ts';
import { goJson } from '../../injection/record/go-json.ts';
import { CRASH_CONTAINER, ORIGINAL_COMMAND_PREFIX } from '../../injection/record/markers.ts';
import type { Container } from '../../k8s/deployment.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface CrashLoopParams {
  name: string;
  containerName?: string;
}

/** A program that exists in no image. */
export const CRASH_COMMAND = ['/chaos-nonexistent-binary'];

/** 63 characters for the name part of an annotation, less `original-command-`. */
const LONGEST_CONTAINER = 46;

/** Plans the writes, or refuses. */
export function plan(params: CrashLoopParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = containerTarget(params, scope, live, LONGEST_CONTAINER);
  if (isRefusal(found)) return found;
  const { target, pods, container } = found;
  const command = commandOf(container);
  const name = nameOf(refOf(target));
  if (isCrashCommand(command))
    return refuse('no-effect', `container ${container.name} of ${name} already has command ${CRASH_COMMAND[0]}`);
  const refusal = refusedIfNoRollout(target, 'command');
  if (refusal !== undefined) return refusal;
  return containerPlan(found, {
    type: 'CrashLoopInject',
    scope,
    facts,
    field: 'command',
    original: command,
    value: CRASH_COMMAND,
    saved: goJson(command ?? null),
    containerKey: CRASH_CONTAINER,
    originalPrefix: ORIGINAL_COMMAND_PREFIX,
    injected: commandText(CRASH_COMMAND),
    says: `set command of ${container.name} in ${name} to ${CRASH_COMMAND[0]}`,
    warnings: rolloutWarnings(target, pods.length),
  });
}

export const commandOf = (container: Container) => container.command as string[] | undefined;

export const isCrashCommand = (value: unknown) => commandText(value) === commandText(CRASH_COMMAND);

/** The command as JSON. The kubelet and the framework treat an empty command as none, so both give `null`. */
export const commandText = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) && value.length > 0 ? value : null);
