import type { Facts, Live, Plan, Refusal, Scope } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import type { Container } from '../../k8s/deployment.ts';
import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { chosenContainer, deploymentTarget } from '../reach/rollout.ts';
import { deploymentPlan } from './deployment-plan.ts';
import { isRefusal } from './refuse.ts';

/** A Deployment with the pods that run for it now, and the one container that a fault changes. */
export interface ContainerTarget {
  target: KubeObject;
  pods: KubeObject[];
  container: Container & { index: number };
}

/** The container that the parameters name, else the first one; a refusal if it must not be injected into. */
export function containerTarget(
  params: { name: string; containerName?: string },
  scope: Scope,
  live: Live,
  longest: number,
): ContainerTarget | Refusal {
  const found = deploymentTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const container = chosenContainer(params.containerName, found.target, longest);
  return isRefusal(container) ? container : { ...found, container };
}

/** The plan of a fault that sets one field of one container, on condition that its current value has not changed. */
export function containerPlan(
  { target, pods, container }: ContainerTarget,
  of: {
    type: FaultType;
    scope: Scope;
    facts: Facts;
    field: 'image' | 'command';
    /** The current value of the field, undefined if it is not set. */
    original: Json | undefined;
    value: Json;
    /** The original as the framework's annotation holds it. */
    saved: string;
    /** The annotation that names the container, and the beginning of the one that holds the original. */
    containerKey: string;
    originalPrefix: string;
    injected: string;
    says: string;
    warnings: string[];
  },
): Plan {
  const { type, scope, facts, original, injected, says, warnings } = of;
  const path = ['spec', 'template', 'spec', 'containers', container.index];
  const at = pointer(...path, of.field);
  const isHere = test(pointer(...path, 'name'), container.name);
  return deploymentPlan({
    type,
    scope,
    facts,
    target,
    pods,
    records: { [of.containerKey]: container.name, [`${of.originalPrefix}${container.name}`]: of.saved },
    injected,
    operations: [isHere, ...(original === undefined ? [] : [test(at, original)]), set(at, of.value)],
    says,
    warnings,
  });
}
