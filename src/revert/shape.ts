import { FAULT_TYPES, type FaultType } from '../experiment/types.ts';
import type { Json, KubeObject } from '../k8s/object.ts';
import { own } from '../text/own.ts';

type Map_ = { [key: string]: Json };
const isMap = (value: Json | undefined): value is Map_ =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const has = (data: Map_, ...keys: string[]) => keys.every(key => Object.hasOwn(data, key));

const POLICIES = new Set(['Fail', 'Ignore', '']);
const WEBHOOKS = new Set(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']);

/**
 * The injection type that an undo record's payload looks like; undefined when it looks like none. Needed because the framework writes
 * no type into its records and labels can be stripped.
 */
export function typeByShape(data: Json, carrier: Pick<KubeObject, 'kind' | 'metadata'>): FaultType | undefined {
  if (Array.isArray(data)) return 'RBACRevoke';
  if (!isMap(data)) return undefined;
  if (has(data, 'labelKey', 'existed')) return 'LabelStomping';
  if (typeof data.ownerReferences === 'string') return 'OwnerRefOrphan';
  if (has(data, 'rollbackSecretRef') || has(data, 'resourceType', 'key')) return 'ConfigDrift';
  if ((has(data, 'path') || has(data, 'field')) && has(data, 'originalValue')) return 'CRDMutation';
  if (
    WEBHOOKS.has(carrier.kind) &&
    Object.values(data).every(value => typeof value === 'string' && POLICIES.has(value))
  )
    return 'WebhookDisrupt';
  if (carrier.kind === 'ConfigMap' && carrier.metadata.name.startsWith('operator-chaos-')) return 'ClientFault';
  if (Object.keys(data).length === 1 && typeof data.finalizer === 'string') return 'FinalizerBlock';
  return undefined;
}

/** Backup objects give their type away by name, also when their labels are gone. */
export function typeByName(object: Pick<KubeObject, 'kind' | 'metadata'>): FaultType | undefined {
  const { name } = object.metadata;
  if (object.kind === 'Secret') {
    if (name.startsWith('chaos-backup-secret-')) return 'SecretDeletion';
    if (name.startsWith('chaos-backup-resource-')) return 'ResourceDeletion';
    if (name.startsWith('chaos-rollback-')) return 'ConfigDrift';
  }
  if (object.kind === 'ConfigMap') {
    if (name.startsWith('chaos-backup-lease-')) return 'LeaderElectionDisrupt';
    if (name.startsWith('chaos-rollback-ns-')) return 'NamespaceDeletion';
  }
  return undefined;
}

/** Types whose injection is an object of its own: the type label alone marks it, there is no undo record on it. */
const CREATED_BY: ReadonlySet<FaultType> = new Set([
  'NetworkPartition',
  'QuotaExhaustion',
  'PDBBlock',
  'WebhookLatency',
  'NamespaceDeletion',
  'SecretDeletion',
  'LeaderElectionDisrupt',
  'ResourceDeletion',
]);
/** The type whose injection makes an object of this kind and name; asked where our own facts say that one did, and the label is gone. */
export function typeByMaking({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): FaultType | undefined {
  if (metadata.name.startsWith(LATENCY)) return 'WebhookLatency';
  return own(MADE, kind);
}
const LATENCY = 'chaos-webhook-latency-';
const MADE: Readonly<Record<string, FaultType>> = {
  NetworkPolicy: 'NetworkPartition',
  ResourceQuota: 'QuotaExhaustion',
  PodDisruptionBudget: 'PDBBlock',
};

export const isCreatedObject = (type: FaultType): boolean => CREATED_BY.has(type);

export const asFaultType = (text: string | undefined): FaultType | undefined => FAULT_TYPES.find(type => type === text);
