import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import {
  fieldsOf,
  groupOfMeta,
  hasEnded,
  isBeingDeleted,
  listOf,
  merges,
  specOf,
  statusOf,
  type Tool,
} from './tool.ts';

const GROUP = 'litmuschaos.io';
const ENGINE = 'chaosengine.litmuschaos.io/finalizer';
const KINDS = ['ChaosEngine', 'ChaosResult', 'ChaosSchedule'];
const OVER = ['completed', 'stopped'];

export const litmus: Tool = {
  name: 'Litmus',
  groups: [GROUP],
  isSuspect: object =>
    (groupOfMeta(object) === GROUP && KINDS.includes(object.kind)) ||
    object.metadata.finalizers?.includes(ENGINE) === true ||
    object.metadata.labels?.chaosUID !== undefined,
  remains(object) {
    switch (object.kind) {
      case 'ChaosEngine':
        return engineRemains(object);
      case 'ChaosSchedule':
        return scheduleRemains(object);
      case 'ChaosResult':
        return resultRemains(object);
      case 'Pod':
      case 'Job':
        return hasEnded(object) ? undefined : `${object.kind} of a Litmus experiment is running`;
      default:
        return isBeingDeleted(object) ? `${object.kind} is Terminating, held by Litmus` : undefined;
    }
  },
  advice: 'set spec.engineState of its ChaosEngine to stop, and let its helper pods end by themselves',
  ask(object) {
    if (groupOfMeta(object) !== GROUP || isBeingDeleted(object)) return undefined;
    const name = nameOf(refOf(object));
    if (object.kind === 'ChaosEngine')
      return merges(object, { spec: { engineState: 'stop' } }, `set spec.engineState of ${name} to stop`);
    if (object.kind === 'ChaosSchedule')
      return merges(object, { spec: { scheduleState: 'halt' } }, `set spec.scheduleState of ${name} to halt`);
    return undefined;
  },
};

function engineRemains(object: KubeObject): string | undefined {
  if (isBeingDeleted(object)) return 'ChaosEngine is Terminating, held by its finalizer';
  const status = String(statusOf(object).engineStatus ?? '');
  if (OVER.includes(status)) return undefined;
  // It was stopped before its operator ever handled it.
  if (status === '' && specOf(object).engineState === 'stop') return undefined;
  return `ChaosEngine is ${status === '' ? 'not started' : status}`;
}

function scheduleRemains(object: KubeObject): string | undefined {
  const wanted = String(specOf(object).scheduleState ?? 'active');
  const status = String(fieldsOf(statusOf(object).schedule).status ?? '');
  if (['halt', 'stop', 'complete'].includes(wanted) || ['completed', 'stopped', 'halted'].includes(status))
    return undefined;
  return 'ChaosSchedule makes its ChaosEngine again';
}

function resultRemains(object: KubeObject): string | undefined {
  const targets = listOf(fieldsOf(statusOf(object).history).targets);
  const held = targets.filter(({ chaosStatus }) => ['injected', 'targeted'].includes(String(chaosStatus ?? '')));
  return held.length === 0
    ? undefined
    : `still ${held.map(({ name, chaosStatus }) => `${String(chaosStatus)}: ${String(name)}`).join(', ')}`;
}
