import type { Live, Permission, Read, Refusal, Scope } from '../../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { listIn, objectIn } from '../live.ts';
import { reachedBy, reachRead } from '../reach/reach.ts';
import { isExperiment, isRewritten } from '../record/copied-marks.ts';
import { blindTo, injectable, isRefusal, refuse } from './refuse.ts';

/** A target of any kind, as parameters name it. */
export interface ObjectParams {
  apiVersion: string;
  kind: string;
  name: string;
}

export const TARGET = 'target';
const PODS = 'pods';

export function objectParams(parameters: Readonly<Record<string, string>>): ObjectParams {
  const { apiVersion = '', kind = '', name = '' } = parameters;
  return { apiVersion: apiVersion === '' ? 'v1' : apiVersion, kind, name };
}

/** The target. Requests leave the namespace out if the kind is cluster-scoped. */
function objectRef({ apiVersion, kind, name }: ObjectParams, scope: Scope): ObjectRef {
  return { apiVersion, kind, namespace: scope.namespace, name };
}

/** The target is read first; its content decides which pods it may affect. */
export function objectReads(params: ObjectParams, scope: Scope, live: Live): Read[] {
  const target = objectIn(live, TARGET);
  return [
    { key: TARGET, get: objectRef(params, scope) },
    ...(target.state === 'found' ? reachRead(target.value, PODS) : []),
  ];
}

/** The target with the pods that it reaches; a refusal if it must not be injected into. */
export function anyTarget(
  params: ObjectParams,
  scope: Scope,
  live: Live,
): { target: KubeObject; pods: KubeObject[] } | Refusal {
  const target = injectable(objectIn(live, TARGET), objectRef(params, scope));
  if (isRefusal(target)) return target;
  if (isRewritten(target) || isExperiment(target) || target.kind === 'Event') {
    return refuse(
      'forbidden-target',
      `a controller writes ${nameOf(refOf(target))} and copies marks of another object onto it, so its own undo record may be lost: choose the object that it belongs to`,
    );
  }
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`the pods that ${nameOf(refOf(target))} reaches`, pods.failure);
  return { target, pods: pods.state === 'found' ? reachedBy(target, pods.value) : [] };
}

/** The permission to list the pods in reach of a namespaced target. */
export function reachPermissions(target: KubeObject): Permission[] {
  const { namespace } = target.metadata;
  return namespace === undefined ? [] : [{ verb: 'list', group: '', kind: 'Pod', namespace, for: 'inject' }];
}
