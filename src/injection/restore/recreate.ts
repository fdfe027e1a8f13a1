import type { Live, Read } from '../../faults/contract.ts';
import { type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { groupOf, nameOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { itemsOf, listIn, objectIn } from '../live.ts';
import { asItStands, named, ownerReads, standing } from '../reach/owners.ts';
import { patchOf } from '../write/patch-of.ts';
import type { Write } from '../write/write.ts';

/** What must change so that the server accepts a former object again, and what of it cannot be restored. */
export interface Recreation {
  body: KubeObject;
  /** What must be written before the object itself. */
  before: Write[];
  /** What is not as it was, each a phrase. */
  left: string[];
  /** Something that decides could not be read. */
  blind?: string;
}

interface ServicePort {
  nodePort?: number;
}
type Spec = Record<string, unknown>;
type Step = (body: KubeObject, live: Live) => Pick<Recreation, 'before' | 'left'>;
const NOTHING = { before: [], left: [] };

const SERVICES = 'services';
const VOLUME = 'volume';
/** Finalizers by which a deletion itself is carried out; on a new object they would wait for one. */
const OF_DELETION = ['foregroundDeletion', 'orphan'];
const specOf = (object: KubeObject) => (object.spec ?? {}) as Spec;

/** What else must be read before an object can be created again: its owners, and what its kind competes for. */
export function recreationReads(original: KubeObject): Read[] {
  const { ownerReferences = [], namespace } = original.metadata;
  return [...ownerReads(ownerReferences, namespace), ...(own(READS, kindOf(original))?.(original) ?? [])];
}

/** The object as it can be created again: without what only the server gives, without owners that are gone, acceptable to its kind. */
export function recreation(original: KubeObject, live: Live): Recreation {
  const body = bare(original);
  const { ownerReferences = [] } = body.metadata;
  const unread = ownerReferences.find(owner => standing(owner, live) === 'unread');
  if (unread !== undefined)
    return { body, before: [], left: [], blind: `whether its owner ${named([unread])} still exists cannot be read` };
  const stale = ownerReferences.filter(owner => standing(owner, live) === 'gone');
  const kept = ownerReferences.filter(owner => !stale.includes(owner)).map(owner => asItStands(owner, live));
  if (kept.length > 0) body.metadata.ownerReferences = kept;
  else delete body.metadata.ownerReferences;
  const anew = ownerReferences.filter(owner => standing(owner, live) === 'anew');
  const { before, left } = own(STEPS, kindOf(original))?.(body, live) ?? NOTHING;
  return {
    body,
    before,
    left: [
      ...(stale.length > 0 ? [`without its owner ${named(stale)}, which is gone`] : []),
      ...(anew.length > 0 ? [`under the uid of now of its owner ${named(anew)}, which was made anew`] : []),
      ...left,
    ],
  };
}

/** Without everything that the server writes itself. */
function bare(original: KubeObject): KubeObject {
  const { status: _status, ...rest } = original;
  const { name, namespace, labels, annotations, ownerReferences } = original.metadata;
  const finalizers = (original.metadata.finalizers ?? []).filter(one => !OF_DELETION.includes(one));
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
  '/Service': () => [{ key: SERVICES, list: { apiVersion: 'v1', kind: 'Service' } }],
  '/PersistentVolumeClaim': original => {
    const { volumeName } = specOf(original);
    return typeof volumeName === 'string'
      ? [{ key: VOLUME, get: { apiVersion: 'v1', kind: 'PersistentVolume', name: volumeName } }]
      : [];
  },
};

const STEPS: Readonly<Record<string, Step>> = {
  '/Service': freeAddresses,
  '/Pod': unplaced,
  '/PersistentVolumeClaim': bindable,
  'batch/Job': ungenerated,
};

/** Addresses and node ports come back as they were, unless another Service got them meanwhile: then the server gives new ones. */
function freeAddresses(body: KubeObject, live: Live): ReturnType<Step> {
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

/** The addresses given to a Service; `None` is a wish, not an address. */
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

/** The scheduler places a pod anew, and admission gives it its priority and token. */
function unplaced(body: KubeObject): ReturnType<Step> {
  const spec = specOf(body);
  for (const field of ['nodeName', 'ephemeralContainers', 'priority', 'preemptionPolicy']) delete spec[field];
  return { before: [], left: ['as a new run of the pod'] };
}

/** Selector and labels that tie a Job to its pods are generated from its uid. */
const GENERATED = ['controller-uid', 'batch.kubernetes.io/controller-uid'];

function ungenerated(body: KubeObject): ReturnType<Step> {
  const spec = specOf(body);
  if (spec.manualSelector !== true) {
    delete spec.selector;
    spec.template = unlabelled(spec.template);
    body.metadata = { ...body.metadata, ...labelsWithout(body.metadata.labels) };
  }
  return { before: [], left: ['as a new run of the Job'] };
}

function unlabelled(template: unknown): unknown {
  const { metadata = {}, ...rest } = (template ?? {}) as { metadata?: { labels?: Record<string, string> } };
  return { ...rest, metadata: { ...metadata, ...labelsWithout(metadata.labels) } };
}

function labelsWithout(labels: Record<string, string> | undefined): { labels?: Record<string, string> } {
  if (labels === undefined) return {};
  return { labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !GENERATED.includes(key))) };
}

const BINDING = ['pv.kubernetes.io/bind-completed', 'pv.kubernetes.io/bound-by-controller'];

/** A claim gets its volume back where that still waits for it; else a new and empty one. */
function bindable(body: KubeObject, live: Live): ReturnType<Step> {
  const spec = specOf(body);
  if (spec.volumeName === undefined) return NOTHING;
  for (const key of BINDING) delete body.metadata.annotations?.[key];
  const seen = objectIn(live, VOLUME);
  if (seen.state === 'blind' || seen.state === 'unread')
    return { before: [], left: ['bound only if its volume, which could not be read, still waits for it'] };
  const claim = seen.state === 'found' ? ((specOf(seen.value).claimRef ?? {}) as Spec) : {};
  const isOurs = claim.name === body.metadata.name && claim.namespace === body.metadata.namespace;
  if (seen.state !== 'found' || !isOurs) {
    delete spec.volumeName;
    delete body.metadata.annotations?.['volume.kubernetes.io/selected-node'];
    return { before: [], left: ['with a new and empty volume: the old one is gone'] };
  }
  return claim.uid === undefined ? NOTHING : { before: [freeing(seen.value, claim)], left: [] };
}

/** A volume stays with the uid of the claim that it was bound to, unless that is taken out. */
function freeing(volume: KubeObject, claim: Spec): Write {
  const at = (field: string) => pointer('spec', 'claimRef', field);
  const operations: Operation[] = [
    test(at('uid'), claim.uid as Json),
    remove(at('uid')),
    ...(claim.resourceVersion === undefined ? [] : [remove(at('resourceVersion'))]),
  ];
  return patchOf(volume, operations, {
    says: `let volume ${volume.metadata.name} be bound by the new claim`,
    atVersion: false,
  });
}
