import { changedSince, isRewritten } from '../../injection/record/backup-format.ts';
import { isInjected, type MaydayFacts, readMayday } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { MAYDAY, ORIGINAL_SECRET, rollbackSecretName } from '../../injection/record/markers.ts';
import { recordIn, textsIn } from '../../injection/record/record.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { own } from '../../text/own.ts';

/** A ConfigDrift undo record that passed every check. */
export interface DriftRecord {
  key: string;
  /**
   * The original as it was in `data`; undefined where the key did not exist. Absent for a Secret, whose backup holds
   * it.
   */
  original?: { value: string | undefined };
  backupName?: string;
  mayday?: MaydayFacts;
}

/** The checked undo record of a victim; a text says what is wrong with it. */
export function recordOf(victim: KubeObject): DriftRecord | string {
  const envelope = recordIn(victim, 'ConfigDrift');
  if (typeof envelope === 'string') return envelope;
  const { mayday } = envelope;
  const data = textsIn(envelope.data);
  if (data?.key === undefined) return 'the undo record is not one of ConfigDrift';
  if (data.resourceType !== victim.kind)
    return `the undo record is for a ${data.resourceType ?? 'different kind'}, not for a ${victim.kind}`;
  const facts = mayday === undefined ? {} : { mayday };
  if (victim.kind === 'Secret') return secretRecord(victim, data, data.key, facts);
  if (data.originalValue === undefined) return 'the undo record holds no original value';
  const existed = data.keyExists !== 'false';
  return { key: data.key, original: { value: existed ? data.originalValue : undefined }, ...facts };
}

function secretRecord(
  victim: KubeObject,
  data: { [name: string]: string },
  key: string,
  facts: { mayday?: MaydayFacts },
): DriftRecord | string {
  // Anybody may edit an annotation, so only the backup name of this Secret and key is accepted.
  const expected = rollbackSecretName(victim.metadata.name, key);
  if (data.rollbackSecretRef !== expected)
    return `the undo record points to Secret ${data.rollbackSecretRef ?? '(none)'}, expected ${expected}`;
  return { key, backupName: expected, ...facts };
}

/** The text whose digest mayday's facts on a rollback Secret hold, because the framework's format has no checksum. */
export const backupText = (data: Readonly<Record<string, string>>): string => goJson({ ...data } as GoValue);

/** The original in a rollback Secret; a text says why the Secret cannot be trusted. */
export function originalIn(backup: KubeObject, victim: string, key: string): { value: string | undefined } | string {
  const name = backup.metadata.name;
  const owner = backup.metadata.annotations?.[ORIGINAL_SECRET];
  if (owner !== victim) return `Secret ${name} says it belongs to ${owner ?? 'nobody'}, not to ${victim}`;
  const data = mapAt(backup, ['data']) ?? {};
  const digest = readMayday(backup.metadata.annotations?.[MAYDAY])?.injected;
  const isChanged = digest === undefined ? isRewritten(backup, key) : !isInjected(backupText(data), digest);
  if (isChanged) return `Secret ${name}: ${changedSince(backup, key)}`;
  const exists = decoded(data.keyExists);
  if (exists !== 'true' && exists !== 'false') return `Secret ${name} does not say whether the key was there`;
  if (exists === 'false') return { value: undefined };
  const value = own(data, key);
  return value === undefined ? `Secret ${name} holds no original of ${key}` : { value };
}

const decoded = (base64: string | undefined) =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
