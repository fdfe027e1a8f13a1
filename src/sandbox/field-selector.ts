import { isRecord, type KubeObject } from './object.ts';
import type { ResourceInfo } from './registry.ts';
import { badRequest } from './status.ts';

/** Whether an object meets a field selector. */
export type FieldMatch = (object: KubeObject) => boolean;

/** Fields that each kind can be selected by, besides its name and namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
};

/** What Events are selected by in their second group, by the names of their core form. */
const EVENT_FIELDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(field => [
      `regarding.${field}`,
      `involvedObject.${field}`,
    ]),
  ),
  reportingController: 'reportingComponent',
  reason: 'reason',
  type: 'type',
};

const ALWAYS = ['metadata.name', 'metadata.namespace'];

function valueAt(object: KubeObject, field: string): string {
  if (field === 'source') return valueAt(object, 'source.component') || valueAt(object, 'reportingComponent');
  let at: unknown = object;
  for (const part of field.split('.')) at = isRecord(at) ? at[part] : undefined;
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(at ?? false);
  return at === undefined || at === null ? '' : String(at);
}

interface Term {
  field: string;
  value: string;
  equal: boolean;
}

function termOf(text: string): Term {
  const parts = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
  if (!parts) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, field = '', operator, value = ''] = parts;
  return { field, value, equal: operator !== '!=' };
}

/**
 * Reads a field selector (`status.phase=Running,metadata.name!=x`) for a resource. 400 for a field that is not
 * selectable.
 */
export function parseFieldSelector(info: ResourceInfo, text: string): FieldMatch {
  const terms = text
    .split(',')
    .filter(t => t !== '')
    .map(termOf);
  const stored = info.storedAs === undefined ? undefined : EVENT_FIELDS;
  const known = [...ALWAYS, ...(stored ? Object.keys(stored) : (FIELDS[info.key] ?? []))];
  const custom = info.custom ? (info.selectableFields ?? []) : [];
  const bad = terms.find(t => !known.includes(t.field) && !custom.includes(t.field));
  if (bad) {
    const own = (stored ?? FIELDS[info.key]) !== undefined && info.group !== 'apps';
    const only = [...ALWAYS, ...custom].map(field => JSON.stringify(field)).join(', ');
    throw badRequest(
      own || info.custom
        ? `field label not supported: ${bad.field}`
        : `${JSON.stringify(bad.field)} is not a known field selector: only ${only}`,
    );
  }
  return object => terms.every(t => (valueAt(object, stored?.[t.field] ?? t.field) === t.value) === t.equal);
}
