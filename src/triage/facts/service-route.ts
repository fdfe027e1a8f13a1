import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import type { Fields } from '../../k8s/fields.ts';
import { fields, list, number, text } from '../../k8s/fields.ts';
import { counted } from '../../text/counted.ts';

/** A reference to a Service, as webhooks, conversion webhooks and APIServices contain it. */
export interface ServiceTarget {
  namespace: string;
  name: string;
  port: number;
}

/** Why the API server cannot reach a Service. */
export type RouteFailure =
  | 'namespace missing'
  | 'namespace terminating'
  | 'no service'
  | 'no port'
  | 'no endpoints'
  | 'no target port'
  | 'headless'
  | 'external name';

/** Where a call to a Service ends. `certain` is false when it depends on how the API server routes calls. */
export type Route =
  | { is: 'usable'; endpoints: number }
  | { is: 'broken'; failure: RouteFailure; certain: boolean; evidence: string };

/** The Service in a `clientConfig` or in the spec of an APIService; undefined when there is none. */
export function targetOf(service: unknown): ServiceTarget | undefined {
  const { namespace, name, port } = fields(service);
  if (text(name) === '' || text(namespace) === '') return undefined;
  return { namespace: text(namespace), name: text(name), port: number(port, 443) };
}

/** Follows a call from the API server to a Service, step by step, up to its usable endpoints. */
export function routeTo(view: ClusterView, { namespace, name, port }: ServiceTarget): Route {
  const broken = (failure: RouteFailure, evidence: string, certain = true): Route => ({
    is: 'broken',
    failure,
    certain,
    evidence,
  });
  const namespaceObject = view.get('Namespace', undefined, namespace);
  // A user who may not read namespaces sees none, so a missing one proves nothing.
  if (namespaceObject === undefined && view.count('Namespace') > 0)
    return broken('namespace missing', `Namespace ${namespace}: not found`);
  const service = view.get('Service', namespace, name);
  if (service === undefined)
    return namespaceObject?.metadata.deletionTimestamp === undefined
      ? broken('no service', `Service ${namespace}/${name}: not found`)
      : broken(
          'namespace terminating',
          `Namespace ${namespace}: Terminating since ${namespaceObject.metadata.deletionTimestamp}, Service ${name} is gone`,
        );
  const at = `Service ${namespace}/${name}`;
  if (text(service.spec.type) === 'ExternalName')
    return broken('external name', `${at} spec.type: ExternalName (${text(service.spec.externalName)})`, false);
  const servicePort = list(service.spec.ports).find(one => number(one.port) === port);
  if (servicePort === undefined)
    return broken('no port', `${at} spec.ports: ${portsOf(service)}; the call goes to port ${port}`);
  const slices = view.slicesOf(namespace, name).filter(slice => slice.metadata.deletionTimestamp === undefined);
  const usable = usableIn(slices, text(servicePort.name));
  if (usable > 0)
    return text(service.spec.clusterIP) === 'None'
      ? broken('headless', `${at} spec.clusterIP: None (headless), with ${counted(usable, 'ready endpoint')}`, false)
      : { is: 'usable', endpoints: usable };
  const others = slices.reduce((sum, slice) => sum + readyIn(slice).length, 0);
  return others > 0
    ? broken(
        'no target port',
        `${at}: ${counted(others, 'ready address', 'ready addresses')}, but no slice has a port for ${text(servicePort.name) || port} (targetPort ${text(servicePort.targetPort) || port})`,
      )
    : broken('no endpoints', `${at}: no ready endpoint in ${counted(slices.length, 'EndpointSlice')}`);
}

const portsOf = (service: ViewObject): string =>
  list(service.spec.ports)
    .map(one => `${text(one.port)}${text(one.name) && ` (${text(one.name)})`}`)
    .join(', ') || 'none';

/** The port numbers of a Service. */
export const servicePorts = (service: ViewObject): number[] => list(service.spec.ports).map(one => number(one.port));

const readyIn = (slice: ViewObject): Fields[] =>
  slice.addressType === 'FQDN' ? [] : list(slice.endpoints).filter(one => fields(one.conditions).ready !== false);

/** The number of ready endpoints with a port of this name; a dual-stack pod counts once. */
function usableIn(slices: readonly ViewObject[], port: string): number {
  const found = new Set<string>();
  for (const slice of slices)
    if (list(slice.ports).some(one => text(one.name) === port))
      for (const one of readyIn(slice)) found.add(text(fields(one.targetRef).uid) || String(one.addresses));
  return found.size;
}
