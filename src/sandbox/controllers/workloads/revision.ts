import { LAST_APPLIED } from '../../../k8s/object.ts';
import type { Deployment, ReplicaSet } from '../kinds.ts';
import { DESIRED, MAXIMUM, maxSurge, wanted } from './rollout.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const HISTORY_CHARACTERS = 2000;
const NOT_COPIED = new Set([LAST_APPLIED, REVISION, HISTORY, DESIRED, MAXIMUM, 'deprecated.deployment.rollback.to']);

type Annotations = Record<string, string>;

export const revisionOf = (rs: ReplicaSet): number => Number(rs.metadata.annotations?.[REVISION] ?? 0) || 0;

/** The revision the new set takes: one above every old one. */
export const nextRevision = (old: readonly ReplicaSet[]): number => Math.max(0, ...old.map(revisionOf)) + 1;

/** The revision history annotation of a set that became current again. The oldest entries are dropped. */
function withHistory(annotations: Annotations, past: string): string {
  const entries = (annotations[HISTORY] ?? '').split(',').filter(Boolean);
  entries.push(past);
  while (entries.join(',').length > HISTORY_CHARACTERS) entries.shift();
  return entries.join(',');
}

/** The sizing annotations of a set of this Deployment. */
export function sizeAnnotations(d: Deployment): Annotations {
  return { [DESIRED]: String(wanted(d)), [MAXIMUM]: String(wanted(d) + maxSurge(d)) };
}

/** The annotations the new set should carry: the Deployment's own, copied, and its revision. Existing ones are kept. */
export function newSetAnnotations(d: Deployment, existing: ReplicaSet | undefined, revision: number): Annotations {
  const out: Annotations = { ...existing?.metadata.annotations };
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {})) if (!NOT_COPIED.has(key)) out[key] = value;
  const past = out[REVISION];
  if ((Number(past) || 0) < revision) {
    if (past !== undefined) out[HISTORY] = withHistory(out, past);
    out[REVISION] = String(revision);
  }
  return existing ? out : { ...out, ...sizeAnnotations(d) };
}
