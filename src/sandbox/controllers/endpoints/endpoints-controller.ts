import { sameJson } from '../../object.ts';
import type { StoreEvent } from '../../store.ts';
import { conditionOf } from '../conditions.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, Pod, Service } from '../kinds.ts';
import { carries } from '../labels.ts';
import { BY_CONTROLLER, type Parts } from '../parts.ts';
import { isReady } from '../pods.ts';
import { type EndpointGroup, endpointGroups, planSlices, type SlicePlan, subsetsOf } from './endpoints.ts';

const SLICE = 'endpointslices.discovery.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const OURS = 'endpointslice-controller.k8s.io';
/** How long changes of pods are collected before a Service is reconciled, milliseconds. */
const BATCH_MS = 20;

interface Slice extends Obj {
  ports: SlicePlan['ports'] | null;
  endpoints: SlicePlan['endpoints'] | null;
}

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** When the readiness of a Service's pods last changed; the Service's creation when it has no pods. */
function lastChange(service: Service, pods: readonly Pod[]): string {
  const times = pods.map(p => conditionOf(p.status?.conditions, 'Ready')?.lastTransitionTime ?? '');
  return [service.metadata.creationTimestamp ?? '', ...times].sort().at(-1) ?? '';
}

/** Whether a pod's change can change the endpoints of a Service. */
function matters({ type, object, previous }: StoreEvent): boolean {
  if (type !== 'MODIFIED' || !previous) return true;
  const [a, b] = [object as Pod, previous as Pod];
  return (
    isReady(a) !== isReady(b) ||
    a.status?.podIP !== b.status?.podIP ||
    a.status?.phase !== b.status?.phase ||
    a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp ||
    !sameJson(a.metadata.labels, b.metadata.labels)
  );
}

/** The endpoints controller: EndpointSlices, and the older Endpoints, of every Service with a selector. */
export function endpointsController(parts: Parts): Controller {
  const { store } = parts;

  return {
    name: 'endpoints',
    batchMs: BATCH_MS,
    watches: {
      services: ownKey,
      pods: event =>
        matters(event)
          ? [...ofPod(parts, event.object as Obj), ...(event.previous ? ofPod(parts, event.previous as Obj) : [])]
          : [],
      [SLICE]: ({ object, type }) => {
        const service = object.metadata.labels?.[SERVICE_NAME];
        return service && type !== 'ADDED' ? [`${object.metadata.namespace}/${service}`] : [];
      },
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const service = store.get<Service>('services', namespace, name);
      if (!service) {
        if (store.get('endpoints', namespace, name)) store.delete('endpoints', namespace, name);
        return undefined;
      }
      if (!service.spec.selector || service.metadata.deletionTimestamp) return undefined;
      if (store.get('namespaces', undefined, namespace ?? '')?.metadata.deletionTimestamp) return undefined;
      const pods = store.list<Pod>('pods', namespace).filter(p => carries(p.metadata.labels, service.spec.selector));
      const groups = endpointGroups(service, pods);
      const since = lastChange(service, pods);
      const existing = slicesOf(parts, service);
      const plans = planSlices(
        groups,
        existing.map(s => ({ name: s.metadata.name, ports: s.ports ?? [], endpoints: s.endpoints ?? [] })),
      );
      for (const plan of plans) writeSlice(parts, service, plan, since);
      const kept = new Set(plans.map(p => p.name));
      for (const slice of existing)
        if (!kept.has(slice.metadata.name)) store.delete(SLICE, namespace, slice.metadata.name);
      writeEndpoints(parts, service, groups, since);
      return undefined;
    },
  };
}

const ofPod = ({ store }: Parts, pod: Obj): string[] =>
  store
    .list<Service>('services', pod.metadata.namespace)
    .filter(s => carries(pod.metadata.labels, s.spec.selector))
    .map(keyOf);

const slicesOf = ({ store }: Parts, service: Service): Slice[] =>
  store.list<Slice>(SLICE, service.metadata.namespace, {
    matchLabels: { [SERVICE_NAME]: service.metadata.name, [MANAGED_BY]: OURS },
  });

function writeSlice({ store, random, createdWith }: Parts, service: Service, plan: SlicePlan, since: string) {
  const { name, namespace, uid, labels } = service.metadata;
  const none = plan.endpoints.length === 0;
  const content = { addressType: 'IPv4', endpoints: none ? null : plan.endpoints, ports: none ? null : plan.ports };
  const wanted = { ...labels, [MANAGED_BY]: OURS, [SERVICE_NAME]: name };
  if (plan.name) {
    const change = (draft: Slice) => {
      const same = sameJson(draft.endpoints ?? [], plan.endpoints) && sameJson(draft.ports ?? [], plan.ports);
      if (same && sameJson(draft.metadata.labels, wanted)) return false;
      draft.metadata.labels = wanted;
      draft.metadata.annotations = { ...draft.metadata.annotations, [TRIGGER]: since };
      return Object.assign(draft, content);
    };
    store.modify<Slice>(SLICE, namespace, plan.name, change, BY_CONTROLLER);
    return;
  }
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true };
  const annotations = { [TRIGGER]: since };
  const metadata = {
    name: `${name}-${random.suffix()}`,
    generateName: `${name}-`,
    namespace: namespace ?? '',
    labels: wanted,
    annotations,
    ownerReferences: [owner],
  };
  store.create(SLICE, { ...content, metadata }, { ...BY_CONTROLLER, ...createdWith(service) });
}

function writeEndpoints(
  { store, createdWith }: Parts,
  service: Service,
  groups: readonly EndpointGroup[],
  since: string,
) {
  const { name, namespace, labels } = service.metadata;
  const subsets = subsetsOf(groups);
  const wanted = {
    ...labels,
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(service.spec?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
  };
  const current = store.get('endpoints', namespace, name);
  if (!current) {
    const object = {
      metadata: { name, namespace: namespace ?? '', labels: wanted, annotations: { [TRIGGER]: since } },
      ...(subsets.length > 0 && { subsets }),
    };
    store.create('endpoints', object, { ...BY_CONTROLLER, ...createdWith(service) });
    return;
  }
  if (sameJson(current.subsets ?? [], subsets) && sameJson(current.metadata.labels, wanted)) return;
  const change = (draft: Obj) => {
    draft.metadata.labels = wanted;
    draft.metadata.annotations = { ...draft.metadata.annotations, [TRIGGER]: since };
    if (subsets.length > 0) draft.subsets = subsets;
    else delete draft.subsets;
  };
  store.modify<Obj>('endpoints', namespace, name, change, BY_CONTROLLER);
}
