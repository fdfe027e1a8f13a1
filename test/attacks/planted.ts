import { createHash } from 'node:crypto';

export type Planted = Record<string, unknown> & { metadata: Record<string, unknown> };

const LABELS = (type: string) => ({
  'app.kubernetes.io/managed-by': 'operator-chaos',
  'chaos.operatorchaos.io/type': type,
});

/** A backup Secret in the form of the framework, of ResourceDeletion, that says it keeps this object. */
export function resourceBackup(object: Planted, annotations: Record<string, string> = {}): Planted {
  const name = `chaos-backup-resource-${String(object.kind).toLowerCase()}-${object.metadata.name}`;
  const text = JSON.stringify(object);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: LABELS('ResourceDeletion'), annotations },
    data: { 'resource-backup': Buffer.from(text).toString('base64') },
  };
}

/** An annotation by which the framework says when something must be gone: an hour ago. */
export const expired = (): Record<string, string> => ({
  'chaos.operatorchaos.io/expires': new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
});

/** An undo record with a checksum that fits; `more` are members beside `data` and `checksum`. */
export function record(data: unknown, more: Record<string, unknown> = {}): string {
  return rawRecord(JSON.stringify(data), more);
}

/** The same of a payload that is written as it is, whether it is JSON or not. */
export function rawRecord(raw: string, more: Record<string, unknown> = {}): string {
  const checksum = createHash('sha256').update(raw).digest('hex');
  const rest = Object.entries(more).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{"data":${raw},"checksum":"${checksum}"${rest.join('')}}`;
}

/** The patch that puts an undo record of this type on an object. */
export const marking = (type: string, data: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    metadata: {
      labels: { 'chaos.operatorchaos.io/type': type },
      annotations: { 'chaos.operatorchaos.io/rollback-data': record(data, more) },
    },
  });

/** Facts as mayday writes them on what it made, made up. */
export const facts = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  v: 1,
  id: 'made-up',
  run: 'made-up',
  experiment: 'made-up',
  by: 'somebody',
  host: 'somewhere',
  at: new Date(Date.now() - 7_200_000).toISOString(),
  ...more,
});

/** The name of what really was injected. */
export const HONEST = 'honest-quota';

/** What really was injected, and must be put back whatever else is there. */
export const honestInjection = (annotations: Record<string, string> = {}): Planted => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: HONEST, annotations, labels: LABELS('QuotaExhaustion') },
  spec: { hard: { 'count/jobs.batch': '0' } },
});
