import { isIP } from 'node:net';
import { each, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { invalid, type StatusCause } from '../status.ts';
import { invalidValue } from '../validate/field.ts';
import type { Kernel } from './kernel.ts';

const LOWEST_PORT = 30_000;
const HIGHEST_PORT = 32_767;
const RANGE = /^10\.96\.\d+\.\d+$/;

const portsOf = (service: KubeObject) => each(part(service, 'spec'), 'ports');

const isSame = (a: KubeObject, b: KubeObject): boolean =>
  a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

function portCauses(kernel: Kernel, service: KubeObject): StatusCause[] {
  const others = kernel.store.list('services').filter(other => !isSame(other, service));
  const taken = new Set(others.flatMap(other => portsOf(other).map(port => port.nodePort)));
  return portsOf(service).flatMap(({ nodePort }, i) => {
    if (typeof nodePort !== 'number' || nodePort === 0) return [];
    const field = `spec.ports[${i}].nodePort`;
    const range = `The range of valid ports is ${LOWEST_PORT}-${HIGHEST_PORT}`;
    if (nodePort < LOWEST_PORT || nodePort > HIGHEST_PORT)
      return [invalidValue(field, nodePort, `provided port is not in the valid range. ${range}`)];
    return taken.has(nodePort) ? [invalidValue(field, nodePort, 'provided port is already allocated')] : [];
  });
}

function addressCauses(kernel: Kernel, service: KubeObject): StatusCause[] {
  const address = part(service, 'spec')?.clusterIP;
  if (!address || address === 'None' || !isIP(String(address))) return [];
  const failed = `failed to allocate IP ${address}: `;
  const wrong = (why: string) => [invalidValue('spec.clusterIPs', [address], `${failed}${why}`)];
  if (!RANGE.test(String(address))) return wrong('the provided network does not match the current range');
  const others = kernel.store.list('services').filter(other => !isSame(other, service));
  return others.some(other => part(other, 'spec')?.clusterIP === address)
    ? wrong('provided IP is already allocated')
    : [];
}

/** Refuses a Service that asks for an address or a port that is taken or out of range. 422. */
export function refuseOutOfRange(kernel: Kernel, service: KubeObject): void {
  const causes = [...addressCauses(kernel, service), ...portCauses(kernel, service)];
  if (causes.length > 0) throw invalid('', 'Service', service.metadata.name, causes);
}

/** Allocates node ports for a NodePort or LoadBalancer Service. In place. */
export function allocateNodePorts(kernel: Kernel, service: KubeObject): void {
  const spec = part(service, 'spec');
  if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') return;
  const taken = new Set(kernel.store.list('services').flatMap(other => portsOf(other).map(port => port.nodePort)));
  for (const port of portsOf(service)) {
    if (!isRecord(port) || port.nodePort !== undefined) continue;
    do port.nodePort = LOWEST_PORT + Math.floor(kernel.random.next() * (HIGHEST_PORT - LOWEST_PORT));
    while (taken.has(port.nodePort));
    taken.add(port.nodePort);
  }
}
