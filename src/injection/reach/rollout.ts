import type { Live, Permission, Read, Refusal, Scope } from '../../faults/contract.ts';
import { type Container, containersOf, deploymentSpec, workloadSelectorText } from '../../k8s/deployment.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isActive } from '../../k8s/pod.ts';
import { itemsOf, listIn, objectIn } from '../live.ts';
import { blindTo, injectable, isRefusal, refuse } from '../plan/refuse.ts';

export const TARGET = 'target';
export const PODS = 'pods';

const deploymentRef = (name: string, scope: Scope): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: scope.namespace,
  name,
});

/** Reads the Deployment, then its pods by its selector. */
export function deploymentReads({ name }: { name: string }, scope: Scope, live: Live): Read[] {
  const target = objectIn(live, TARGET);
  const selector = target.state === 'found' ? workloadSelectorText(target.value) : undefined;
  const pods: Read[] =
    selector === undefined
      ? []
      : [{ key: PODS, list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace }, labelSelector: selector }];
  return [{ key: TARGET, get: deploymentRef(name, scope) }, ...pods];
}

/** The Deployment with its running pods; a refusal if it must not be injected into. */
export function deploymentTarget(
  { name }: { name: string },
  scope: Scope,
  live: Live,
): { target: KubeObject; pods: KubeObject[] } | Refusal {
  const target = injectable(objectIn(live, TARGET), deploymentRef(name, scope));
  if (isRefusal(target)) return target;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`the pods of ${nameOf(refOf(target))}`, pods.failure);
  const running = itemsOf(pods).filter(isActive);
  return { target, pods: running };
}

export function deploymentPermissions({ name }: { name: string }, scope: Scope): Permission[] {
  const on = { group: 'apps', kind: 'Deployment', namespace: scope.namespace, name };
  return [
    { verb: 'get', ...on, for: 'inject' },
    { verb: 'list', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' },
    { verb: 'patch', ...on, for: 'inject' },
    { verb: 'get', ...on, for: 'revert' },
    { verb: 'patch', ...on, for: 'revert' },
  ];
}

/** The container to change: the named one, else the first. Refuses a name longer than `longest`, because it becomes part of an annotation key. */
export function chosenContainer(
  wanted: string | undefined,
  target: KubeObject,
  longest: number,
): (Container & { index: number }) | Refusal {
  const containers = containersOf(target);
  const index = wanted === undefined ? 0 : containers.findIndex(item => item.name === wanted);
  const container = containers[index];
  if (container === undefined) {
    const names = containers.map(item => item.name).join(', ');
    return refuse(
      'not-found',
      `expected container ${wanted ?? '(any)'} in ${nameOf(refOf(target))}, found ${names || 'none'}`,
    );
  }
  if (container.name.length > longest) {
    return refuse(
      'invalid',
      `container name ${container.name} is longer than ${longest} characters and does not fit into the key of the undo record's annotation`,
    );
  }
  return { ...container, index };
}

/** Refuses a Deployment in which a change of the pod template reaches no pod. */
export function refusedIfNoRollout(target: KubeObject, what: string): Refusal | undefined {
  const name = nameOf(refOf(target));
  const { paused, replicas } = deploymentSpec(target);
  if (paused === true)
    return refuse('no-effect', `the rollout of ${name} is paused: no pod would get the ${what}, resume it first`);
  return replicas === 0
    ? refuse('no-effect', `${name} is scaled to 0: no pod would get the ${what}, scale it up first`)
    : undefined;
}

/** Warnings about what the rollout does to the pods, and what it hides. */
export function rolloutWarnings(target: KubeObject, pods: number): string[] {
  const { strategy, replicas = 1 } = deploymentSpec(target);
  return [
    ...(strategy?.type === 'Recreate' ? ['strategy Recreate: every pod is stopped before the new ones fail'] : []),
    ...(strategy?.type !== 'Recreate' && replicas <= 3
      ? ['RollingUpdate keeps the old pods while the new ones fail: availability alone will not show this fault']
      : []),
    ...(pods === 0 ? ['the Deployment has no pods now'] : []),
  ];
}

/** Pods that were created after the plan was made. */
export function newPods(live: Live, survivors: readonly string[] = []): KubeObject[] {
  const pods = listIn(live, PODS);
  return itemsOf(pods).filter(pod => !survivors.includes(pod.metadata.uid ?? ''));
}
