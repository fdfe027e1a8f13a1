import { readEnvelope } from '../injection/envelope.ts';
import type { Finding } from '../injection/finding.ts';
import { ROLLBACK_DATA } from '../injection/markers.ts';

/** The rollback Secret that a finding's undo record points to, as `namespace/name`. */
function backupOf(finding: Finding): string | undefined {
  const record = finding.live.metadata.annotations?.[ROLLBACK_DATA];
  const envelope = record === undefined ? undefined : readEnvelope(record);
  if (!envelope?.ok) return undefined;
  const name = (envelope.data as { rollbackSecretRef?: unknown } | null)?.rollbackSecretRef;
  return typeof name === 'string' ? `${finding.object.namespace ?? ''}/${name}` : undefined;
}

/**
 * All findings, the held backups that no undo record points to among them. A backup that one points to is part of that injection:
 * restoring it on its own would destroy the original.
 */
export function withoutClaimedBackups(
  held: readonly Finding[],
  findings: readonly Finding[],
  add: (orphan: Finding) => void,
): Finding[] {
  const claimed = new Set(findings.map(backupOf));
  const orphans = held.filter(backup => !claimed.has(`${backup.object.namespace ?? ''}/${backup.object.name}`));
  const all = [...findings, ...orphans];
  for (const orphan of orphans) add(orphan);
  return all;
}
