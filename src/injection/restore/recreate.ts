import type { Live, Read } from '../../faults/contract.ts';
import { type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { groupOf, nameOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { itemsOf, listIn, objectIn } from '../live.ts';
import { currentReference, ownerNames, ownerReads, ownerState } from '../reach/owners.ts';
import { patchOf } from '../write/patch-of.ts';
import type { Write } from '../write/write.ts';
import { accountReads, tokenOfAccount } from './account-token.ts';

/** A deleted object, changed so that the server accepts it again; and what cannot be restored. */
export interface Recreation {
  body: KubeObject;
  /** Writes that must come before the creation of the object. */
  before: Write[];
  /** The differences from the original, each a phrase. */
  left: string[];
  /** What of the original cannot be restored, whoever creates it again; a phrase. */
  lost?: string;
  /** Why the cluster would not keep it if it were created now, and what to do; a sentence. */
  waits?: string;
  /** Set if something that the decision needs could not be read. */
  blind?: string;
}

interface ServicePort {
  nodePort?: number;
}
type Spec = Record<string, unknown>;
type Step = (body: KubeObject, live: Live, original: KubeObject) => Omit<Recreation, 'body'>;
const NOTHING = { before: [], left: [] };

const SERVICES = 'services';
const VOLUME = 'volume';
/** Finalizers that the server adds to carry out a deletion; a new object must not have them. */
const DELETION_FINALIZERS = ['foregroundDeletion', 'orphan'];
const specOf = (object: KubeObject) => (object.spec ?? {}) as Spec;

/** Reads what is needed to create an object again: its owners, and objects that may now hold its addresses or its volume. */
export function recreationReads(original: KubeObject): Read[] {
  const { ownerReferences = [], namespace } = original.metadata;
  return [...ownerReads(ownerReferences, namespace), ...(own(READS, kindOf(original))?.(original) ?? [])];
}

/**
 * The object as it can be created again: without fields that only the server sets, without owners that are gone, and adapted to its kind.
 * What depends on the backup is decided from `original`, where another object is prepared to be compared with it.
 */
export function recreation(object: KubeObject, live: Live, original = object): Recreation {
  const body = withoutServerFields(object);
  const { ownerReferences = [] } = body.metadata;
  const unread = ownerReferences.find(owner => ownerState(owner, live) === 'unread');
  if (unread !== undefined)
    return {
      body,
      before: [],
      left: [],
      blind: `whether its owner ${ownerNames([unread])} still exists cannot be read`,
    };
  const gone = ownerReferences.filter(owner => ownerState(owner, live) === 'gone');
  const kept = ownerReferences.filter(owner => !gone.includes(owner)).map(owner => currentReference(owner, live));
  if (kept.length > 0) body.metadata.ownerReferences = kept;
  else delete body.metadata.ownerReferences;
  const recreated = ownerReferences.filter(owner => ownerState(owner, live) === 'recreated');
  const { left, ...rest } = own(STEPS, kindOf(original))?.(body, live, original) ?? NOTHING;
  return {
    ...rest,
    body,
    left: [
      ...(gone.length > 0 ? [`without its owner ${ownerNames(gone)}, which is gone`] : []),
      ...(recreated.length > 0
        ? [`with the new uid of its owner ${ownerNames(recreated)}, which was created again`]
        : []),
      ...left,
    ],
  };
}

/** The object without the fields that the server sets. */
function withoutServerFields(original: KubeObject): KubeObject {
  const { status: _status, ...rest } = original;
  const { name, namespace, labels, annotations, ownerReferences } = original.metadata;
  const finalizers = (original.metadata.finalizers ?? []).filter(one => !DELETION_FINALIZERS.includes(one));
  const body: KubeObject = {
    ...rest,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
  };
  return body.spec === undefined ? body : { ...body, spec: { ...specOf(original) } };
}

const kindOf = ({ apiVersion, kind }: KubeObject) => `${groupOf(apiVersion)}/${kind}`;

const READS: Readonly<Record<string, (original: KubeObject) => Read[]>> = {
  '/Secret': accountReads,
  '/Service': () => [{ key: SERVICES, list: { apiVersion: 'v1', kind: 'Service' } }],
  '/PersistentVolumeClaim': original => {
    const { volumeName } = specOf(original);
    return typeof volumeName === 'string'
      ? [{ key: VOLUME, get: { apiVersion: 'v1', kind: 'PersistentVolume', name: volumeName } }]
      : [];
  },
};

const STEPS: Readonly<Record<string, Step>> = {
  '/Secret': tokenOfAccount,
  '/Service': releaseTakenAddresses,
  '/Pod': withoutPlacement,
  '/PersistentVolumeClaim': bindToVolume,
  'batch/Job': withoutGeneratedLabels,
};

/** Keeps addresses and node ports, unless another Service has them now: then the server assigns new ones. */
function releaseTakenAddresses(body: KubeObject, live: Live): ReturnType<Step> {
  const seen = listIn(live, SERVICES);
  const others = itemsOf(seen);
  const spec = specOf(body);
  const left: string[] = [];
  const ips = addressesOf(spec);
  const holder = others.find(other => addressesOf(specOf(other)).some(ip => ips.includes(ip)));
  if (holder !== undefined) {
    left.push(
      `with a new cluster IP, since ${nameOf({ kind: 'Service', ...place(holder) })} has ${ips.join(', ')} now`,
    );
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  const taken = new Set(others.flatMap(other => portsOf(specOf(other)).flatMap(port => port.nodePort ?? [])));
  const lost = portsOf(spec).filter(port => port.nodePort !== undefined && taken.has(port.nodePort));
  if (lost.length > 0) {
    left.push(`with new node ports instead of ${lost.map(port => port.nodePort).join(', ')}, which others have now`);
    spec.ports = portsOf(spec).map(port => (lost.includes(port) ? without(port, 'nodePort') : port));
  }
  if (taken.has(Number(spec.healthCheckNodePort))) delete spec.healthCheckNodePort;
  return { before: [], left };
}

const place = ({ metadata: { name, namespace } }: KubeObject) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
const portsOf = (spec: Spec): ServicePort[] => (Array.isArray(spec.ports) ? (spec.ports as ServicePort[]) : []);

/** The addresses of a Service; `None` and an empty text are no addresses. */
function addressesOf({ clusterIP, clusterIPs }: Spec): string[] {
  const listed = Array.isArray(clusterIPs) ? (clusterIPs as string[]) : [];
  return [...new Set([...listed, ...(typeof clusterIP === 'string' ? [clusterIP] : [])])].filter(
    ip => ip !== '' && ip !== 'None',
  );
}

function without<T extends object>(object: T, key: keyof T): T {
  const copy = { ...object };
  delete copy[key];
  return copy;
}

/** Removes the fields of a pod that the scheduler and admission set again. */
function withoutPlacement(body: KubeObject): ReturnType<Step> {
  const spec = specOf(body);
  for (const field of ['nodeName', 'ephemeralContainers', 'priority', 'preemptionPolicy']) delete spec[field];
  return { before: [], left: ['as a new run of the pod'] };
}

/** The selector and labels that connect a Job with its pods are generated from its uid. */
const GENERATED = ['controller-uid', 'batch.kubernetes.io/controller-uid'];

function withoutGeneratedLabels(body: KubeObject): ReturnType<Step> {
  const spec = specOf(body);
  if (spec.manualSelector !== true) {
    delete spec.selector;
    spec.template = templateWithoutLabels(spec.template);
    body.metadata = { ...body.metadata, ...labelsWithout(body.metadata.labels) };
  }
  return { before: [], left: ['as a new run of the Job'] };
}

function templateWithoutLabels(template: unknown): unknown {
  const { metadata = {}, ...rest } = (template ?? {}) as { metadata?: { labels?: Record<string, string> } };
  return { ...rest, metadata: { ...metadata, ...labelsWithout(metadata.labels) } };
}

function labelsWithout(labels: Record<string, string> | undefined): { labels?: Record<string, string> } {
  if (labels === undefined) return {};
  return { labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !GENERATED.includes(key))) };
}

const BINDING = ['pv.kubernetes.io/bind-completed', 'pv.kubernetes.io/bound-by-controller'];

/** A claim is bound to its former volume if that is still reserved for it, else to a new and empty one. */
function bindToVolume(body: KubeObject, live: Live): ReturnType<Step> {
  const spec = specOf(body);
  if (spec.volumeName === undefined) return NOTHING;
  for (const key of BINDING) delete body.metadata.annotations?.[key];
  const seen = objectIn(live, VOLUME);
  if (seen.state === 'blind' || seen.state === 'unread')
    return { before: [], left: ['bound only if its volume, which could not be read, is still reserved for it'] };
  const claim = seen.state === 'found' ? ((specOf(seen.value).claimRef ?? {}) as Spec) : {};
  const isOurs = claim.name === body.metadata.name && claim.namespace === body.metadata.namespace;
  if (seen.state !== 'found' || !isOurs) {
    delete spec.volumeName;
    delete body.metadata.annotations?.['volume.kubernetes.io/selected-node'];
    return { before: [], left: ['with a new and empty volume: the old one is gone'] };
  }
  return claim.uid === undefined ? NOTHING : { before: [releaseVolume(seen.value, claim)], left: [] };
}

/** Removes the uid of the former claim from the volume; otherwise the new claim, which has another uid, cannot be bound to it. */
function releaseVolume(volume: KubeObject, claim: Spec): Write {
  const at = (field: string) => pointer('spec', 'claimRef', field);
  const operations: Operation[] = [
    test(at('uid'), claim.uid as Json),
    remove(at('uid')),
    ...(claim.resourceVersion === undefined ? [] : [remove(at('resourceVersion'))]),
  ];
  return patchOf(volume, operations, {
    says: `release volume ${volume.metadata.name} for the new claim`,
    atVersion: false,
  });
}
