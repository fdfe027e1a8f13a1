import type { Pod, Service, ServicePort } from '../kinds.ts';
import { carries } from '../labels.ts';
import { isFinished, isReady, isTerminating } from '../pods.ts';

interface EndpointPort {
  name: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  nodeName?: string;
  targetRef: { kind: 'Pod'; namespace: string; name: string; uid: string };
}

/** Endpoints behind the same set of ports; a Service has several when its pods name their ports differently. */
export interface EndpointGroup {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/** At most this many endpoints in a slice. */
const PER_SLICE = 100;

function portOf(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  for (const container of pod.spec.containers) {
    const named = container.ports?.find(p => p.name === target);
    if (named) return named.containerPort;
  }
  return undefined;
}

function portsFor(pod: Pod, ports: readonly ServicePort[]): EndpointPort[] {
  return ports.flatMap(p => {
    const port = portOf(pod, p);
    if (port === undefined) return [];
    return [
      { name: p.name ?? '', port, protocol: p.protocol ?? 'TCP', ...(p.appProtocol && { appProtocol: p.appProtocol }) },
    ];
  });
}

function endpointOf(pod: Pod, service: Service): Endpoint {
  const { name, namespace = '', uid } = pod.metadata;
  const terminating = isTerminating(pod);
  // A pod of a StatefulSet has its own DNS name under its governing Service.
  const hostname = pod.spec.subdomain === service.metadata.name ? (pod.spec.hostname as string | undefined) : undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (isReady(pod) && !terminating);
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, serving: isReady(pod), terminating },
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/**
 * The endpoints of a Service, grouped by the target ports of their pods. Pods without an address, and finished ones,
 * are left out.
 */
export function endpointGroups(service: Service, pods: readonly Pod[]): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>();
  for (const pod of pods) {
    if (!pod.status?.podIP || isFinished(pod) || !carries(pod.metadata.labels, service.spec.selector)) continue;
    const ports = portsFor(pod, service.spec.ports ?? []);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(pod, service));
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A slice as it should be; `name` is the name of an existing slice to update. */
export interface SlicePlan {
  name?: string;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

const uidOf = (e: Endpoint) => e.targetRef.uid;

interface ExistingSlice {
  name: string;
  ports: readonly EndpointPort[];
  endpoints: readonly Endpoint[];
}

/**
 * The slices of one group: endpoints stay in their slice, new ones fill slices with room, and `spare` slices are
 * reused.
 */
function placeGroup(group: EndpointGroup, existing: readonly ExistingSlice[], spare: Set<ExistingSlice>): SlicePlan[] {
  const { ports } = group;
  const left = new Map(group.endpoints.map(e => [uidOf(e), e]));
  const mine: SlicePlan[] = [];
  for (const slice of existing.filter(s => JSON.stringify(s.ports) === JSON.stringify(ports))) {
    const kept = slice.endpoints.flatMap(e => left.get(uidOf(e)) ?? []);
    for (const e of kept) left.delete(uidOf(e));
    if (kept.length === 0) continue;
    spare.delete(slice);
    mine.push({ name: slice.name, ports, endpoints: kept });
  }
  const open = (): SlicePlan => {
    const roomy = mine.find(s => s.endpoints.length < PER_SLICE);
    if (roomy) return roomy;
    const [reused] = spare;
    if (reused) spare.delete(reused);
    const made: SlicePlan = { ...(reused && { name: reused.name }), ports, endpoints: [] };
    mine.push(made);
    return made;
  };
  for (const endpoint of left.values()) open().endpoints.push(endpoint);
  return mine;
}

/** Spreads endpoints over slices of at most 100, leaving each where it is, so that one change touches one slice. */
export function planSlices(groups: readonly EndpointGroup[], existing: readonly ExistingSlice[]): SlicePlan[] {
  const spare = new Set(existing);
  const plans = groups.flatMap(group => placeGroup(group, existing, spare));
  if (plans.length > 0) return plans;
  const [placeholder] = existing;
  return [{ ...(placeholder && { name: placeholder.name }), ports: [], endpoints: [] }];
}

/** The subsets of the older Endpoints object: the same pods, without those that are terminating; at most 1000. */
export function subsetsOf(groups: readonly EndpointGroup[]): Record<string, unknown>[] {
  return groups.flatMap(group => {
    const staying = group.endpoints.filter(e => !e.conditions.terminating).slice(0, 1000);
    if (staying.length === 0) return [];
    const address = (e: Endpoint) => ({
      ip: e.addresses[0],
      ...(e.hostname && { hostname: e.hostname }),
      ...(e.nodeName && { nodeName: e.nodeName }),
      targetRef: e.targetRef,
    });
    const ready = staying.filter(e => e.conditions.ready).map(address);
    const unready = staying.filter(e => !e.conditions.ready).map(address);
    const ports = group.ports.map(({ name, port, protocol }) => ({ ...(name && { name }), port, protocol }));
    return [
      {
        ...(ready.length > 0 && { addresses: ready }),
        ...(unready.length > 0 && { notReadyAddresses: unready }),
        ports,
      },
    ];
  });
}
