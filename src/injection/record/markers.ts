import { createHash } from 'node:crypto';

/** Every name below is shared with the framework, byte for byte: each tool must find what the other left behind. */
export const FRAMEWORK_GROUP = 'chaos.operatorchaos.io';
export const PREFIX = `${FRAMEWORK_GROUP}/`;
export const ROLLBACK_DATA = `${PREFIX}rollback-data`;
export const TYPE_LABEL = `${PREFIX}type`;
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const MANAGER = 'operator-chaos';
export const EXPIRES = `${PREFIX}expires`;
export const ORIGINAL_REPLICAS = `${PREFIX}original-replicas`;
export const ORIGINAL_COMMAND_PREFIX = `${PREFIX}original-command-`;
export const CRASH_CONTAINER = `${PREFIX}crash-container-name`;
export const ORIGINAL_IMAGE_PREFIX = `${PREFIX}original-image-`;
export const CORRUPT_CONTAINER = `${PREFIX}corrupt-container-name`;
export const BLOCK_FINALIZER = `${PREFIX}block`;
export const CREATED = `${PREFIX}created`;
/** On ConfigDrift's rollback Secret: names the Secret it belongs to, not an experiment. */
export const EXPERIMENT_LABEL = `${PREFIX}experiment`;
export const ORIGINAL_SECRET = `${PREFIX}original-secret`;
/** Used by mayday alone: the facts of an injection, on objects that carry no envelope. */
export const MAYDAY = `${PREFIX}mayday`;

/** Data keys of the backup objects that carry no envelope. */
export const SECRET_BACKUP_KEY = 'secret-backup';
export const LEASE_BACKUP_KEY = 'lease-backup';
export const RESOURCE_BACKUP_KEY = 'resource-backup';

/** Labels of objects that an injection creates. */
export function createdLabels(type: string): Record<string, string> {
  return { [MANAGED_BY]: MANAGER, [TYPE_LABEL]: type };
}

/** `chaos-rollback-<secret>-<key>`: lower case, `_` becomes `-`, the key cut to 30 bytes. */
export function rollbackSecretName(secret: string, key: string): string {
  return `chaos-rollback-${secret}-${cutBytes(key.toLowerCase().replaceAll('_', '-'), 30)}`;
}

/** `operator-chaos-np-…` from the selector's text; 63 bytes at most, the tail of a longer one replaced by a hash. */
export function networkPolicyName(selector: string): string {
  const name = `operator-chaos-np-${selector.toLowerCase().replaceAll(/[^a-z0-9-]/gu, '-')}`;
  const hash = createHash('sha256').update(selector, 'utf8').digest('hex').slice(0, 8);
  const short = name.length > 63 ? `${name.slice(0, 54)}-${hash}` : name;
  return short.replace(/[-.]+$/, '');
}

/** `chaos-webhook-latency-<resources>`: lower case, commas become `-`, spaces dropped, cut to 30 bytes. */
export function webhookLatencyName(resources: string): string {
  const part = cutBytes(resources.toLowerCase().replaceAll(',', '-').replaceAll(' ', ''), 30).replace(/-+$/, '');
  return `chaos-webhook-latency-${part === '' ? 'default' : part}`;
}

/** `chaos-pdb-<value of the alphabetically first label>`. */
export function pdbName(labels: Record<string, string>): string {
  const first = Object.keys(labels).sort()[0];
  return `chaos-pdb-${first === undefined ? '' : labels[first]}`;
}

export const namespaceBackupName = (namespace: string) => `chaos-rollback-ns-${namespace}`;
export const secretBackupName = (name: string) => `chaos-backup-secret-${name}`;
export const leaseBackupName = (name: string) => `chaos-backup-lease-${name}`;
export const resourceBackupName = (kind: string, name: string) => `chaos-backup-resource-${kind.toLowerCase()}-${name}`;
export const LOCK_PREFIX = 'operator-chaos-lock-';
export const lockName = (operator: string) => `${LOCK_PREFIX}${operator}`;

function cutBytes(text: string, bytes: number): string {
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8');
}
