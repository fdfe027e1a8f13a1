import type { KubeObject } from '../../k8s/object.ts';
import { deletes, groupOfMeta, hasEnded, isBeingDeleted, listOf, specOf, statusOf, type Tool } from './tool.ts';

const BLADE = 'chaosblade.io';

export const chaosBlade: Tool = {
  name: 'ChaosBlade',
  groups: [BLADE],
  isSuspect: object => groupOfMeta(object) === BLADE && object.kind === 'ChaosBlade',
  remains(object) {
    if (isBeingDeleted(object)) return 'ChaosBlade is Terminating, held until it is destroyed';
    const { phase = '', expStatuses } = statusOf(object);
    if (phase === 'Destroyed') return undefined;
    const states = listOf(expStatuses).flatMap(({ resStatuses }) => listOf(resStatuses));
    // If nothing was injected there is nothing to destroy.
    if (phase === 'Error' && !states.some(({ state }) => state === 'Success')) return undefined;
    return `ChaosBlade is ${phase === '' ? 'not started' : String(phase)}`;
  },
  advice: 'delete the ChaosBlade while its operator runs, which destroys the experiment',
  ask: object => (isBeingDeleted(object) ? undefined : deletes(object, 'which destroys the experiment')),
};

const DATADOG = 'chaos.datadoghq.com';
const DISRUPTIONS = ['Disruption', 'DisruptionCron', 'DisruptionRollout'];
const isChaosPod = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): boolean =>
  kind === 'Pod' && metadata.labels?.[`${DATADOG}/disruption-name`] !== undefined;

export const datadog: Tool = {
  name: 'DataDog',
  groups: [DATADOG],
  isSuspect: object => (groupOfMeta(object) === DATADOG && DISRUPTIONS.includes(object.kind)) || isChaosPod(object),
  remains(object) {
    if (object.kind === 'Pod')
      return hasEnded(object) && !isBeingDeleted(object) ? undefined : 'a chaos pod is running';
    if (isBeingDeleted(object)) return `${object.kind} is Terminating, held until it is cleaned up`;
    if (object.kind !== 'Disruption')
      return specOf(object).paused === true ? undefined : `${object.kind} makes its Disruption again`;
    const status = String(statusOf(object).injectionStatus ?? '');
    return status.startsWith('Previously') ? undefined : `Disruption is ${status === '' ? 'not started' : status}`;
  },
  advice: 'delete the Disruption while its controller runs, which cleans up every target',
  ask: object =>
    object.kind === 'Pod' || isBeingDeleted(object) ? undefined : deletes(object, 'which cleans up every target'),
};

export const krkn: Tool = {
  name: 'krkn',
  groups: [],
  isSuspect: ({ metadata }) => metadata.labels?.krkn === 'chaos',
  remains: object => (hasEnded(object) ? undefined : `${object.kind} made by krkn`),
  advice: 'end the krkn run, or run its rollback where it ran',
};

const isFisImage = ({ image }: Record<string, unknown>): boolean => String(image ?? '').includes('aws-fis-pod');

export const fis: Tool = {
  name: 'AWS FIS',
  groups: [],
  isSuspect: ({ kind, apiVersion, metadata }) =>
    kind === 'Pod' && apiVersion === 'v1' && metadata.name.startsWith('fispod-'),
  remains(object) {
    const { containers } = specOf(object);
    return hasEnded(object) || !listOf(containers).some(isFisImage)
      ? undefined
      : 'a pod of AWS FIS is running, which injects into other pods';
  },
  advice: 'stop the experiment in AWS FIS (aws fis stop-experiment), which deletes its pods',
};
