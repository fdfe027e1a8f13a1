import type { SteadyStateCheck } from '../experiment/types.ts';
import { isKind } from '../injection/plan/fit.ts';
import { fields, list, text } from '../k8s/fields.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { Subject } from './offers.ts';

/** Conditions that show that an object is healthy, in order of preference. */
const HEALTHY_CONDITIONS = ['Available', 'Ready', 'Established', 'Synced', 'Healthy'];

/**
 * The check that shows whether the system recovers. For a pod it is on its controller, since the pod itself does not
 * come back under its name. A condition of the object is preferred to its mere existence.
 */
export function steadyCheck({ object, owners }: Subject): SteadyStateCheck {
  const judged = isKind(object, '', 'Pod') ? (owners.at(-1) ?? object) : object;
  const { apiVersion, kind } = judged;
  const { name, namespace } = judged.metadata;
  const on = { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
  const condition = conditionOf(judged);
  if (condition !== undefined) return { type: 'conditionTrue', ...on, conditionType: condition };
  const ready = readyField(judged);
  return ready === undefined
    ? { type: 'resourceExists', ...on }
    : { type: 'fieldEquals', ...on, fieldPath: ready.path, expectedValue: ready.value };
}

function conditionOf({ status }: KubeObject): string | undefined {
  const isTrue = list(fields(status).conditions).filter(one => one.status === 'True');
  return HEALTHY_CONDITIONS.find(type => isTrue.some(one => one.type === type));
}

/** The field with the number of ready pods, for workloads without such a condition. */
function readyField(object: KubeObject): { path: string; value: string } | undefined {
  const [spec, status] = [fields(object.spec), fields(object.status)];
  if (isKind(object, 'apps', 'StatefulSet', 'ReplicaSet') && typeof spec.replicas === 'number' && spec.replicas > 0)
    return { path: 'status.readyReplicas', value: String(spec.replicas) };
  const wanted = text(status.desiredNumberScheduled);
  return isKind(object, 'apps', 'DaemonSet') && wanted !== '' && wanted !== '0'
    ? { path: 'status.numberReady', value: wanted }
    : undefined;
}
