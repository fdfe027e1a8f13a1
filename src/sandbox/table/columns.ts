import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import {
  age,
  created,
  firstFew,
  joined,
  list,
  NONE,
  number,
  selectorText,
  spec,
  status,
  templateCells,
  text,
} from './cells.ts';
import { podCells } from './pod.ts';

/** A column as the server describes it. */
export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

/** How objects of one resource are shown as rows. */
export interface TableShape {
  columns: readonly Column[];
  cells(object: KubeObject, now: number): unknown[];
}

/** `Name`, `*IP` (only in wide output), `#Data` (a number). */
function shape(names: string, cells: TableShape['cells']): TableShape {
  const columns = names.split('|').map((spelled): Column => {
    const name = spelled.replace(/^[*#]+/, '');
    return {
      name,
      type: spelled.includes('#') ? 'integer' : 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: spelled.includes('*') ? 1 : 0,
    };
  });
  return { columns, cells };
}

const name = (object: KubeObject) => object.metadata.name;

function ports(service: KubeObject): string {
  return joined(
    each(spec(service), 'ports').map(p => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`),
  );
}

function externalIP(service: KubeObject): string {
  const { type, externalIPs, externalName } = spec(service);
  if (type === 'ExternalName') return text(externalName);
  const ingress = each(part(status(service), 'loadBalancer'), 'ingress').map(i => text(i.ip ?? i.hostname, ''));
  const all = [...ingress, ...list(externalIPs)];
  if (all.length > 0) return all.join(',');
  return type === 'LoadBalancer' ? '<pending>' : NONE;
}

function nodeStatus(node: KubeObject): string {
  const ready = each(status(node), 'conditions').find(c => c.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec(node).unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function nodeRoles(node: KubeObject): string {
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter(key => key.startsWith('node-role.kubernetes.io/'))
    .map(key => key.slice('node-role.kubernetes.io/'.length));
  return joined(roles.sort());
}

function nodeAddress(node: KubeObject, type: string): string {
  return text(each(status(node), 'addresses').find(a => a.type === type)?.address);
}

function nodeCells(node: KubeObject, now: number): unknown[] {
  const info = part(status(node), 'nodeInfo');
  return [
    name(node),
    nodeStatus(node),
    nodeRoles(node),
    created(node, now),
    text(info?.kubeletVersion, ''),
    nodeAddress(node, 'InternalIP'),
    nodeAddress(node, 'ExternalIP'),
    text(info?.osImage, '<unknown>'),
    text(info?.kernelVersion, '<unknown>'),
    text(info?.containerRuntimeVersion, '<unknown>'),
  ];
}

function eventCells(event: KubeObject, now: number): unknown[] {
  const about = part(event, 'involvedObject');
  const series = part(event, 'series');
  const first = text(event.firstTimestamp, '') || text(event.eventTime, '');
  const last = text(series?.lastObservedTime, '') || text(event.lastTimestamp, '') || first;
  const source = part(event, 'source');
  const where = source?.host ? `${source.component}, ${source.host}` : text(source?.component, '');
  return [
    age(last, now),
    text(event.type, ''),
    text(event.reason, ''),
    `${String(about?.kind ?? '').toLowerCase()}/${about?.name ?? ''}`,
    text(about?.fieldPath, ''),
    where || text(event.reportingComponent, ''),
    String(event.message ?? '').trim(),
    age(first, now),
    number(series?.count ?? event.count ?? 1) || 1,
    name(event),
  ];
}

function jobStatus(job: KubeObject): string {
  const condition = (type: string) => each(status(job), 'conditions').some(c => c.type === type && c.status === 'True');
  if (condition('Complete')) return 'Complete';
  if (condition('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (condition('Suspended')) return 'Suspended';
  return condition('FailureTarget')
    ? 'FailureTarget'
    : condition('SuccessCriteriaMet')
      ? 'SuccessCriteriaMet'
      : 'Running';
}

function jobDuration(job: KubeObject, now: number): string {
  const { startTime, completionTime } = status(job);
  if (typeof startTime !== 'string') return '';
  return age(startTime, typeof completionTime === 'string' ? Date.parse(completionTime) : now);
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

const budgetSide = (value: unknown): string => text(value, 'N/A');

function ready(object: KubeObject): string {
  return `${number(status(object).readyReplicas)}/${number(spec(object).replicas)}`;
}

const subjects = (binding: KubeObject, kind: string): string =>
  each(binding, 'subjects')
    .filter(s => s.kind === kind)
    .map(s => (kind === 'ServiceAccount' ? `${s.namespace}/${s.name}` : String(s.name)))
    .join(', ');

const bindingCells = (binding: KubeObject, now: number): unknown[] => {
  const ref = part(binding, 'roleRef');
  return [
    name(binding),
    `${ref?.kind}/${ref?.name}`,
    created(binding, now),
    subjects(binding, 'User'),
    subjects(binding, 'Group'),
    subjects(binding, 'ServiceAccount'),
  ];
};

const quotaSide = (quota: KubeObject, prefix: RegExp, side: boolean): string => {
  const hard = part(status(quota), 'hard') ?? {};
  const used = part(status(quota), 'used') ?? {};
  return Object.keys(hard)
    .sort()
    .filter(n => prefix.test(n) === side)
    .map(n => `${n}: ${used[n] ?? 0}/${hard[n]}`)
    .join(', ');
};

const webhookCount = shape('Name|#Webhooks|Age', (o, now) => [name(o), each(o, 'webhooks').length, created(o, now)]);

const SHAPES: Readonly<Record<string, TableShape>> = {
  pods: shape('Name|Ready|Status|Restarts|Age|*IP|*Node|*Nominated Node|*Readiness Gates', podCells),
  services: shape('Name|Type|Cluster-IP|External-IP|Port(s)|Age|*Selector', (o, now) => [
    name(o),
    text(spec(o).type, ''),
    text(spec(o).clusterIP),
    externalIP(o),
    ports(o),
    created(o, now),
    selectorText(spec(o).selector),
  ]),
  configmaps: shape('Name|#Data|Age', (o, now) => [
    name(o),
    Object.keys(part(o, 'data') ?? {}).length + Object.keys(part(o, 'binaryData') ?? {}).length,
    created(o, now),
  ]),
  secrets: shape('Name|Type|#Data|Age', (o, now) => [
    name(o),
    text(o.type, ''),
    Object.keys(part(o, 'data') ?? {}).length,
    created(o, now),
  ]),
  namespaces: shape('Name|Status|Age', (o, now) => [name(o), text(status(o).phase, ''), created(o, now)]),
  nodes: shape(
    'Name|Status|Roles|Age|Version|*Internal-IP|*External-IP|*OS-Image|*Kernel-Version|*Container-Runtime',
    nodeCells,
  ),
  events: shape('Last Seen|Type|Reason|Object|*Subobject|*Source|Message|*First Seen|*#Count|*Name', eventCells),
  serviceaccounts: shape('Name|Age', (o, now) => [name(o), created(o, now)]),
  endpoints: shape('Name|Endpoints|Age', (o, now) => [name(o), endpointsText(o), created(o, now)]),
  resourcequotas: shape('Name|Request|Limit|Age', (o, now) => [
    name(o),
    quotaSide(o, /^limits\./, false),
    quotaSide(o, /^limits\./, true),
    created(o, now),
  ]),
  persistentvolumeclaims: shape(
    'Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|*VolumeMode',
    (o, now) => [
      name(o),
      text(status(o).phase, ''),
      text(spec(o).volumeName, ''),
      text(part(status(o), 'capacity')?.storage, ''),
      list(status(o).accessModes).join(','),
      text(spec(o).storageClassName, ''),
      text(spec(o).volumeAttributesClassName, '<unset>'),
      created(o, now),
      text(spec(o).volumeMode, '<unset>'),
    ],
  ),
  'deployments.apps': shape('Name|Ready|Up-to-date|Available|Age|*Containers|*Images|*Selector', (o, now) => [
    name(o),
    ready(o),
    number(status(o).updatedReplicas),
    number(status(o).availableReplicas),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ]),
  'replicasets.apps': shape('Name|#Desired|#Current|#Ready|Age|*Containers|*Images|*Selector', (o, now) => [
    name(o),
    number(spec(o).replicas),
    number(status(o).replicas),
    number(status(o).readyReplicas),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ]),
  'statefulsets.apps': shape('Name|Ready|Age|*Containers|*Images', (o, now) => [
    name(o),
    ready(o),
    created(o, now),
    ...templateCells(o),
  ]),
  'daemonsets.apps': shape(
    'Name|#Desired|#Current|#Ready|#Up-to-date|#Available|Node Selector|Age|*Containers|*Images|*Selector',
    (o, now) => [
      name(o),
      number(status(o).desiredNumberScheduled),
      number(status(o).currentNumberScheduled),
      number(status(o).numberReady),
      number(status(o).updatedNumberScheduled),
      number(status(o).numberAvailable),
      selectorText(part(o, 'spec', 'template', 'spec', 'nodeSelector')),
      created(o, now),
      ...templateCells(o),
      selectorText(spec(o).selector),
    ],
  ),
  'jobs.batch': shape('Name|Status|Completions|Duration|Age|*Containers|*Images|*Selector', (o, now) => [
    name(o),
    jobStatus(o),
    `${number(status(o).succeeded)}/${number(spec(o).completions ?? 1)}`,
    jobDuration(o, now),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ]),
  'cronjobs.batch': shape('Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age', (o, now) => [
    name(o),
    text(spec(o).schedule, ''),
    text(spec(o).timeZone),
    spec(o).suspend === true ? 'True' : 'False',
    list(status(o).active).length,
    status(o).lastScheduleTime ? age(status(o).lastScheduleTime, now) : NONE,
    created(o, now),
  ]),
  'poddisruptionbudgets.policy': shape('Name|Min Available|Max Unavailable|#Allowed Disruptions|Age', (o, now) => [
    name(o),
    budgetSide(spec(o).minAvailable),
    budgetSide(spec(o).maxUnavailable),
    number(status(o).disruptionsAllowed),
    created(o, now),
  ]),
  'networkpolicies.networking.k8s.io': shape('Name|Pod-Selector|Age', (o, now) => [
    name(o),
    selectorText(spec(o).podSelector),
    created(o, now),
  ]),
  'endpointslices.discovery.k8s.io': shape('Name|AddressType|Ports|Endpoints|Age', (o, now) => {
    const known = each(o, 'ports').map(p => String(p.port));
    return [
      name(o),
      text(o.addressType, ''),
      known.length > 0 ? firstFew(known, 3) : '<unset>',
      endpointAddresses(o),
      created(o, now),
    ];
  }),
  'leases.coordination.k8s.io': shape('Name|Holder|Age', (o, now) => [
    name(o),
    text(spec(o).holderIdentity, ''),
    created(o, now),
  ]),
  'roles.rbac.authorization.k8s.io': shape('Name|Created At', o => [name(o), text(o.metadata.creationTimestamp, '')]),
  'clusterroles.rbac.authorization.k8s.io': shape('Name|Created At', o => [
    name(o),
    text(o.metadata.creationTimestamp, ''),
  ]),
  'rolebindings.rbac.authorization.k8s.io': shape('Name|Role|Age|*Users|*Groups|*ServiceAccounts', bindingCells),
  'clusterrolebindings.rbac.authorization.k8s.io': shape('Name|Role|Age|*Users|*Groups|*ServiceAccounts', bindingCells),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookCount,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookCount,
  'customresourcedefinitions.apiextensions.k8s.io': shape('Name|Created At', o => [
    name(o),
    text(o.metadata.creationTimestamp, ''),
  ]),
  'priorityclasses.scheduling.k8s.io': shape('Name|#Value|Global-Default|Age|PreemptionPolicy', (o, now) => [
    name(o),
    number(o.value),
    o.globalDefault === true,
    created(o, now),
    text(o.preemptionPolicy, 'PreemptLowerPriority'),
  ]),
};

const PLAIN = shape('Name|Created At', o => [name(o), text(o.metadata.creationTimestamp, '')]);

/** The table of a built-in resource; name and time for those without one of their own. */
export const builtinShape = (key: string): TableShape => SHAPES[key] ?? PLAIN;
