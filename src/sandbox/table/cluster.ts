import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { age, created, joined, number, spec, status, text } from './cells.ts';
import type { Cells } from './shape.ts';

function nodeStatus(node: KubeObject): string {
  const ready = each(status(node), 'conditions').find(c => c.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec(node).unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

const ROLE = 'node-role.kubernetes.io/';

const nodeRoles = (node: KubeObject): string =>
  joined(
    Object.keys(node.metadata.labels ?? {})
      .filter(key => key.startsWith(ROLE))
      .map(key => key.slice(ROLE.length))
      .sort(),
  );

const nodeAddress = (node: KubeObject, type: string): string =>
  text(each(status(node), 'addresses').find(a => a.type === type)?.address);

const nodes: Cells = (o, now) => {
  const info = part(status(o), 'nodeInfo');
  return [
    o.metadata.name,
    nodeStatus(o),
    nodeRoles(o),
    created(o, now),
    text(info?.kubeletVersion, ''),
    nodeAddress(o, 'InternalIP'),
    nodeAddress(o, 'ExternalIP'),
    text(info?.osImage, '<unknown>'),
    text(info?.kernelVersion, '<unknown>'),
    text(info?.containerRuntimeVersion, '<unknown>'),
  ];
};

function eventSource(event: KubeObject): string {
  const source = part(event, 'source');
  const component = text(source?.component, '') || text(event.reportingComponent, '');
  return source?.host ? `${component}, ${source.host}` : component;
}

const events: Cells = (o, now) => {
  const about = part(o, 'involvedObject');
  const series = part(o, 'series');
  const first = text(o.firstTimestamp, '') || text(o.eventTime, '');
  const last = text(series?.lastObservedTime, '') || text(o.lastTimestamp, '') || first;
  const count = number(series?.count ?? o.count ?? 1) || 1;
  return [
    age(last, now),
    text(o.type, ''),
    text(o.reason, ''),
    `${String(about?.kind ?? '').toLowerCase()}/${about?.name ?? ''}`,
    text(about?.fieldPath, ''),
    eventSource(o),
    String(o.message ?? '').trim(),
    age(first, now),
    count,
    o.metadata.name,
  ];
};

/** Rows of Nodes, Namespaces, Events and similar kinds. */
export const CLUSTER_CELLS: Readonly<Record<string, Cells>> = {
  nodes,
  events,
  namespaces: (o, now) => [o.metadata.name, text(status(o).phase, ''), created(o, now)],
  serviceaccounts: (o, now) => [o.metadata.name, created(o, now)],
  'leases.coordination.k8s.io': (o, now) => [o.metadata.name, text(spec(o).holderIdentity, ''), created(o, now)],
  'apiservices.apiregistration.k8s.io': (o, now) => {
    const service = part(o, 'spec', 'service');
    const available = each(status(o), 'conditions').find(c => c.type === 'Available');
    const word = text(available?.status, 'Unknown');
    return [
      o.metadata.name,
      service ? `${service.namespace}/${service.name}` : 'Local',
      available && word !== 'True' ? `${word} (${available.reason})` : word,
      created(o, now),
    ];
  },
  'runtimeclasses.node.k8s.io': (o, now) => [o.metadata.name, text(o.handler, ''), created(o, now)],
};
