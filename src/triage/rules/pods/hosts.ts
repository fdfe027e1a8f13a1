import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { strings } from '../../../k8s/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Cause } from '../../finding/finding.ts';

/** A host that a container's command waits for, and whether a Service of that name exists. */
export interface WaitsFor {
  namespace: string;
  name: string;
  exists: boolean;
  near: string | undefined;
}

const AFTER_TOOL =
  /(?:nslookup|getent hosts|nc(?: -\S+)*|pg_isready -h|redis-cli -h|mysqladmin [^;|&]*-h ?|ping(?: -\S+ \d+)*|wait-for-it(?:\.sh)?|wait-for|dockerize -wait) +(?:tcp:\/\/)?([a-z0-9][a-z0-9.-]*)/g;
const IN_URL = /(?:https?|tcp|postgres(?:ql)?|redis|amqp|mysql|mongodb):\/\/(?:[^/@\s]*@)?([a-z][a-z0-9.-]*)/g;
const WITH_PORT = /(?:^|[\s"'=])([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*):\d{2,5}\b/g;

/** Hosts in the command and arguments of a container that may be Services of the cluster. */
export function waitsFor(view: ClusterView, { metadata }: ViewObject, spec: Fields): WaitsFor[] {
  const line = [...strings(spec.command), ...strings(spec.args)].join(' ');
  const hosts = new Set(
    [AFTER_TOOL, IN_URL, WITH_PORT].flatMap(pattern => [...line.matchAll(pattern)].map(found => found[1] ?? '')),
  );
  return [...hosts].flatMap(host => {
    const [name = '', second, third] = host.split('.');
    if (name === '' || name === 'localhost' || (second !== undefined && third !== 'svc' && third !== undefined))
      return [];
    const namespace = second ?? metadata.namespace ?? '';
    if (
      second !== undefined &&
      view.inNamespace('Service', second).length === 0 &&
      view.get('Namespace', undefined, second) === undefined
    )
      return [];
    const exists = view.get('Service', namespace, name) !== undefined;
    const near = exists
      ? undefined
      : nearest(
          name,
          view.inNamespace('Service', namespace).map(one => one.metadata.name),
        );
    return [{ namespace, name, exists, near }];
  });
}

export const servicesAsCauses = (hosts: readonly WaitsFor[]): Cause[] =>
  hosts.map(({ namespace, name }) => ({ kind: 'Service', namespace, name }));
