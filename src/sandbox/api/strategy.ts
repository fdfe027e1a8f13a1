import { DEFINITIONS } from '../crd/definition.ts';
import { each, ensure, fill, part } from '../defaults/fill.ts';
import { cloneJson, isRecord, type KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import type { Kernel } from './kernel.ts';
import { allocateNodePorts } from './service-ranges.ts';

/** Whether the kind has a status subresource. */
export const hasStatus = (info: ResourceInfo): boolean => info.subresources.some(s => s.name === 'status');

/** Kinds whose status may be given at creation, as the real server lets it through. */
const KEEPS_STATUS = new Set(['nodes', 'apiservices.apiregistration.k8s.io']);

/** The status a fresh object of the kind has. */
const FRESH_STATUS: Readonly<Record<string, () => Record<string, unknown>>> = {
  namespaces: () => ({ phase: 'Active' }),
  pods: () => ({ phase: 'Pending' }),
  persistentvolumeclaims: () => ({ phase: 'Pending' }),
  persistentvolumes: () => ({ phase: 'Pending' }),
  services: () => ({ loadBalancer: {} }),
  'replicasets.apps': () => ({ replicas: 0 }),
  'statefulsets.apps': () => ({ replicas: 0, availableReplicas: 0 }),
  'daemonsets.apps': () => ({
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  }),
  'poddisruptionbudgets.policy': () => ({
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  }),
  'horizontalpodautoscalers.autoscaling': () => ({ desiredReplicas: 0, currentMetrics: null }),
  'ingresses.networking.k8s.io': () => ({ loadBalancer: {} }),
  'customresourcedefinitions.apiextensions.k8s.io': () => ({
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: [],
  }),
};

/** The first status of an object; empty for kinds without a status subresource. */
const freshStatus = (info: ResourceInfo): Record<string, unknown> => FRESH_STATUS[info.key]?.() ?? {};

/** Sets what a new object gets from the server itself: its first status, addresses, finalizers. In place. */
export function prepareForCreate(kernel: Kernel, info: ResourceInfo, object: KubeObject): void {
  if (hasStatus(info)) {
    if (info.custom) delete object.status;
    else if (!KEEPS_STATUS.has(info.key)) object.status = freshStatus(info);
  }
  PREPARE[info.key]?.(object, kernel);
}

type Prepare = (object: KubeObject, kernel: Kernel) => void;

const PREPARE: Readonly<Record<string, Prepare>> = {
  namespaces(object) {
    const spec = ensure(object, 'spec');
    const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
    spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
  },
  pods(object) {
    ensure(object, 'status').qosClass = qualityOfService(object);
  },
  services(object, kernel) {
    const spec = ensure(object, 'spec');
    if (spec.type === 'ExternalName') return;
    if (spec.clusterIP === undefined) spec.clusterIP = allocateClusterIP(kernel);
    fill(spec, { clusterIPs: [spec.clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    allocateNodePorts(kernel, object);
  },
  persistentvolumeclaims(object) {
    const finalizers = object.metadata.finalizers ?? [];
    const own = 'kubernetes.io/pvc-protection';
    object.metadata.finalizers = finalizers.includes(own) ? finalizers : [...finalizers, own];
  },
  'customresourcedefinitions.apiextensions.k8s.io'(object) {
    const versions = part(object, 'spec')?.versions;
    const stored = Array.isArray(versions) ? versions.filter(isRecord).find(v => v.storage === true) : undefined;
    ensure(object, 'status').storedVersions = stored ? [stored.name] : [];
  },
};

/** Labels that tie a Job to its pods carry its uid, so they are set once it has one. In place. */
export function labelJob(object: KubeObject): void {
  const spec = ensure(object, 'spec');
  if (spec.manualSelector || spec.selector) return;
  const own = object.metadata.labels ?? {};
  const ofPods = part(part(spec, 'template') ?? {}, 'metadata')?.labels;
  const labels = { 'batch.kubernetes.io/controller-uid': object.metadata.uid };
  const all = {
    ...labels,
    'batch.kubernetes.io/job-name': object.metadata.name,
    'controller-uid': object.metadata.uid,
    'job-name': object.metadata.name,
  };
  spec.selector = { matchLabels: labels };
  // A Job without labels of its own shares those of its pods, and so gets these, too.
  if (Object.keys(own).length === 0)
    object.metadata.labels = { ...all, ...(isRecord(ofPods) ? (ofPods as typeof own) : {}) };
  fill(ensure(ensure(ensure(spec, 'template'), 'metadata'), 'labels'), all);
}

/** Removes addresses and traffic policies when a Service becomes an ExternalName. In place. */
function dropAddresses(spec: Record<string, unknown>): void {
  for (const field of [
    'clusterIP',
    'clusterIPs',
    'ipFamilies',
    'ipFamilyPolicy',
    'internalTrafficPolicy',
    'externalTrafficPolicy',
  ])
    delete spec[field];
}

function allocateClusterIP(kernel: Kernel): string {
  const taken = new Set(kernel.store.list('services').map(s => part(s, 'spec')?.clusterIP));
  for (;;) {
    const address = `10.96.${Math.floor(kernel.random.next() * 256)}.${1 + Math.floor(kernel.random.next() * 254)}`;
    if (!taken.has(address)) return address;
  }
}

type Amounts = Record<string, unknown> | undefined;

/** Guaranteed, Burstable or BestEffort, from the requests and limits of the containers. */
function qualityOfService(pod: KubeObject): string {
  const containers = part(pod, 'spec')?.containers;
  const resources = (Array.isArray(containers) ? containers : []).map(c => part(c, 'resources'));
  const hasResources = resources.some(r => part(r, 'requests') || part(r, 'limits'));
  if (!hasResources) return 'BestEffort';
  const equal = (limits: Amounts, requests: Amounts, name: string) =>
    limits?.[name] !== undefined && (requests?.[name] === undefined || requests[name] === limits[name]);
  const guaranteed = resources.every(r =>
    ['cpu', 'memory'].every(name => equal(part(r, 'limits'), part(r, 'requests'), name)),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Restores what an update of the object itself cannot change. In place. */
export function prepareForUpdate(info: ResourceInfo, current: KubeObject, next: KubeObject): void {
  if (hasStatus(info) && !KEEPS_STATUS.has(info.key)) keepField(current, next, 'status');
  if (info.key === 'services') keepAddresses(current, next);
  if (info.key === DEFINITIONS) recordStoredVersion(next);
  if (info.key === 'namespaces') {
    // Finalizers of a namespace's spec go through its finalize subresource.
    const spec = ensure(next, 'spec');
    spec.finalizers = part(current, 'spec')?.finalizers;
    // The server itself sets the label with the namespace's name.
    next.metadata.labels = { ...next.metadata.labels, 'kubernetes.io/metadata.name': next.metadata.name };
  }
}

/** Adds the new storage version to `status.storedVersions`. In place. */
function recordStoredVersion(definition: KubeObject): void {
  const status = ensure(definition, 'status');
  const stored = Array.isArray(status.storedVersions) ? status.storedVersions : [];
  const now = each(part(definition, 'spec'), 'versions').find(version => version.storage === true)?.name;
  if (now !== undefined && !stored.includes(now)) status.storedVersions = [...stored, now];
}

function keepField(current: KubeObject, next: KubeObject, field: string): void {
  if (current[field] === undefined) delete next[field];
  else next[field] = current[field];
}

function keepAddresses(current: KubeObject, next: KubeObject): void {
  const before = part(current, 'spec');
  const after = part(next, 'spec');
  if (!before || !after) return;
  if (after.type === 'ExternalName') {
    dropAddresses(after);
    for (const port of Array.isArray(after.ports) ? after.ports : []) if (isRecord(port)) delete port.nodePort;
    return;
  }
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
    if (after[field] === undefined && before[field] !== undefined) after[field] = before[field];
}

/** Sets what an update of the status cannot change: everything but the status and the managed fields. */
export function onlyStatus(info: ResourceInfo, current: KubeObject, next: KubeObject): KubeObject {
  const result = cloneJson(current);
  keepField(next, result, 'status');
  const { managedFields, labels, annotations, resourceVersion } = next.metadata;
  const meta = result.metadata;
  if (managedFields) meta.managedFields = managedFields;
  if (resourceVersion) meta.resourceVersion = resourceVersion;
  if (info.custom) return result;
  if (labels && info.key !== 'deployments.apps') meta.labels = labels;
  if (annotations) meta.annotations = annotations;
  return result;
}
