import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { created, firstFew, joined, list, NONE, selectorText, spec, status, text } from './cells.ts';
import type { Cells } from './shape.ts';

function ports(service: KubeObject): string {
  return joined(
    each(spec(service), 'ports').map(p => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`),
  );
}

const balancerAddresses = (object: KubeObject): string[] =>
  each(part(status(object), 'loadBalancer'), 'ingress').map(i => text(i.ip ?? i.hostname, ''));

function externalIP(service: KubeObject): string {
  const { type, externalIPs, externalName } = spec(service);
  if (type === 'ExternalName') return text(externalName);
  const all = [...balancerAddresses(service), ...list(externalIPs)];
  if (all.length > 0) return all.join(',');
  return type === 'LoadBalancer' ? '<pending>' : NONE;
}

function endpointAddresses(slice: KubeObject): string {
  const addresses = each(slice, 'endpoints').flatMap(e => list(e.addresses).slice(0, 1).map(String));
  return addresses.length > 0 ? firstFew(addresses, 3) : '<unset>';
}

function endpointsText(endpoints: KubeObject): string {
  const pairs = each(endpoints, 'subsets').flatMap(subset => {
    const known = each(subset, 'ports');
    const addresses = each(subset, 'addresses').map(a => String(a.ip));
    if (known.length === 0) return addresses;
    return known.flatMap(p => addresses.map(a => `${a}:${p.port}`));
  });
  return firstFew(pairs, 3);
}

/** Rows of Services, endpoints, Ingresses and network policies. */
export const NETWORK_CELLS: Readonly<Record<string, Cells>> = {
  services: (o, now) => [
    o.metadata.name,
    text(spec(o).type, ''),
    text(spec(o).clusterIP),
    externalIP(o),
    ports(o),
    created(o, now),
    selectorText(spec(o).selector),
  ],
  endpoints: (o, now) => [o.metadata.name, endpointsText(o), created(o, now)],
  'endpointslices.discovery.k8s.io': (o, now) => {
    const known = each(o, 'ports').map(p => String(p.port));
    return [
      o.metadata.name,
      text(o.addressType, ''),
      known.length > 0 ? firstFew(known, 3) : '<unset>',
      endpointAddresses(o),
      created(o, now),
    ];
  },
  'ingresses.networking.k8s.io': (o, now) => {
    const hosts = each(spec(o), 'rules').flatMap(r => (r.host ? [String(r.host)] : []));
    return [
      o.metadata.name,
      text(spec(o).ingressClassName),
      hosts.length > 0 ? firstFew(hosts, 3) : '*',
      balancerAddresses(o).join(','),
      each(spec(o), 'tls').length > 0 ? '80, 443' : '80',
      created(o, now),
    ];
  },
  'ingressclasses.networking.k8s.io': (o, now) => {
    const parameters = part(o, 'spec', 'parameters');
    const shown = parameters
      ? `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}`
      : NONE;
    return [o.metadata.name, text(spec(o).controller, ''), shown, created(o, now)];
  },
  'networkpolicies.networking.k8s.io': (o, now) => [
    o.metadata.name,
    selectorText(spec(o).podSelector),
    created(o, now),
  ],
  'servicecidrs.networking.k8s.io': (o, now) => [o.metadata.name, joined(list(spec(o).cidrs)), created(o, now)],
};
