import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import {
  deletes,
  groupOfMeta,
  isBeingDeleted,
  isTrue,
  listOf,
  type Meta,
  merges,
  specOf,
  statusOf,
  type Tool,
} from './tool.ts';

const GROUP = 'chaos-mesh.org';
const RECORDS = 'chaos-mesh/records';
const PAUSE = 'experiment.chaos-mesh.org/pause';
/** On a pod whose image it replaced: the annotation that keeps the former image. */
const KEPT_IMAGE = /^chaos-(mesh|operator)-.+-image$/;

/** Kinds that hold the rules that the controller applies to one pod for a fault of another object; empty lists mean recovered. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  PodNetworkChaos: ['ipsets', 'iptables', 'tcs'],
  PodIOChaos: ['actions'],
  PodHttpChaos: ['rules'],
};
/** Actions that happen once; Chaos Mesh does not recover them, only the target itself can. */
const ONE_SHOT: Readonly<Record<string, readonly string[]>> = {
  PodChaos: ['pod-kill', 'container-kill'],
  AWSChaos: ['ec2-restart'],
  GCPChaos: ['node-reset'],
  AzureChaos: ['vm-restart'],
};

const isChaos = (object: Meta): boolean =>
  groupOfMeta(object) === GROUP && object.kind.endsWith('Chaos') && !(object.kind in PARTS);
const isOneShot = (object: KubeObject): boolean =>
  ONE_SHOT[object.kind]?.includes(String(specOf(object).action ?? '')) === true;
const isPaused = ({ metadata }: Meta): boolean => metadata.annotations?.[PAUSE] === 'true';

/** Whether this is the image that a pod-failure injects by default. */
const isPauseImage = (image: unknown): boolean =>
  typeof image === 'string' && /(^|\/)google-containers\/pause(-amd64)?(:|@|$)/.test(image);

/** The containers of a pod, or of a workload's pods, that run the image of a pod-failure. */
function pausedContainers(object: KubeObject): string[] {
  const spec = specOf(object);
  const pod = object.kind === 'Pod' ? spec : specOf((spec.template ?? {}) as KubeObject);
  return [...listOf(pod.containers), ...listOf(pod.initContainers)]
    .filter(({ image }) => isPauseImage(image))
    .map(({ name }) => String(name));
}

const keepsImage = ({ kind, metadata }: Meta): boolean =>
  kind === 'Pod' && Object.keys(metadata.annotations ?? {}).some(key => KEPT_IMAGE.test(key));

/** Kinds whose image is checked if Chaos Mesh is or was in the cluster: their metadata does not show its faults. */
export const KINDS_WITH_IMAGE: readonly { apiVersion: string; kind: string }[] = [
  { apiVersion: 'v1', kind: 'Pod' },
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map(kind => ({ apiVersion: 'apps/v1', kind })),
];
const hasImage = (object: Meta) =>
  KINDS_WITH_IMAGE.some(({ apiVersion, kind }) => object.apiVersion === apiVersion && object.kind === kind);

/** Whether an object of these kinds, read in full, runs the image that a pod-failure injects. */
export const runsPauseImage = (object: KubeObject): boolean => hasImage(object) && pausedContainers(object).length > 0;

export const chaosMesh: Tool = {
  name: 'Chaos Mesh',
  groups: [GROUP],
  isSuspect: object =>
    groupOfMeta(object) === GROUP || object.metadata.finalizers?.includes(RECORDS) === true || keepsImage(object),
  remains,
  advice:
    'pause or delete it while the Chaos Mesh controller runs, which recovers it; removing its finalizer would leave the fault in',
  ask(object) {
    const name = nameOf(refOf(object));
    if (groupOfMeta(object) !== GROUP || isBeingDeleted(object) || object.kind in PARTS) return undefined;
    if (object.kind === 'Workflow') return deletes(object, 'which recovers what it began');
    // A one-shot action cannot be paused.
    if (isOneShot(object)) return deletes(object, 'before it acts');
    if (!isChaos(object) && object.kind !== 'Schedule') return undefined;
    return merges(object, { metadata: { annotations: { [PAUSE]: 'true' } } }, `pause ${name} by annotation ${PAUSE}`);
  },
};

function remains(object: KubeObject): string | undefined {
  if (hasImage(object)) return imageRemains(object);
  const { kind } = object;
  if (isBeingDeleted(object)) return `${kind} is Terminating, held by its recovery`;
  if (groupOfMeta(object) !== GROUP) return `${kind} is held by Chaos Mesh`;
  const parts = PARTS[kind];
  if (parts !== undefined) {
    const spec = specOf(object);
    return parts.some(part => listOf(spec[part]).length > 0) ? `${kind} still has rules on its pod` : undefined;
  }
  if (kind === 'Schedule') {
    const { schedule, type } = specOf(object);
    return isPaused(object)
      ? undefined
      : `Schedule injects ${String(type ?? 'a fault')} again, at ${String(schedule ?? '?')}`;
  }
  if (kind === 'Workflow') return isTrue(object, 'Accomplished') ? undefined : 'Workflow is under way';
  return isChaos(object) ? chaosRemains(object) : undefined;
}

function chaosRemains(object: KubeObject): string | undefined {
  if (isTrue(object, 'AllRecovered') && !isStillIn(object)) return undefined;
  // It has already killed or restarted its targets, and does so only once.
  if (isOneShot(object) && isTrue(object, 'AllInjected')) return undefined;
  return `${object.kind} is not recovered`;
}

const isStillIn = (object: KubeObject): boolean => {
  const { experiment } = statusOf(object);
  const records = listOf((experiment as { containerRecords?: unknown } | undefined)?.containerRecords);
  return records.some(({ phase }) => phase === 'Injected');
};

function imageRemains(object: KubeObject): string | undefined {
  const paused = pausedContainers(object);
  if (paused.length === 0) return undefined;
  const advice =
    object.kind === 'Pod'
      ? 'delete the pod, so that its owner creates a good one'
      : 'set its image by hand, or roll it back';
  return `${object.kind} runs the pause image of a pod-failure in ${paused.join(', ')}: ${advice}`;
}
