import type { FaultType } from '../faults/types.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { groupOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';
import { sha256 } from './record/envelope.ts';

/** `foreign` is residue of another chaos tool: shown, never touched. */
export type FoundState = 'injected' | 'restored' | 'diverged' | 'corrupt' | 'foreign';

/** One injection found in the cluster, whoever left it. */
export interface FoundInjection {
  /** Stable across scans: type, namespace, kind and name. */
  id: string;
  type: FaultType | 'unknown';
  object: ObjectRef;
  /** The object as read; the carrier of the undo record (victim, created object or backup). */
  live: KubeObject;
  state: FoundState;
  /** Where it was recognised: annotation, label, backup name, plain annotation. */
  source: string;
  /** Who left it: `mayday` or `operator-chaos`. */
  tool: 'mayday' | 'operator-chaos' | 'other';
  experiment?: string;
  run?: string;
  by?: string;
  /** Milliseconds since the epoch. */
  injectedAt?: number;
  expiresAt?: number;
  message?: string;
  /** The backups that its restore needs, as read. They hold the only copy of the original. */
  beside?: readonly KubeObject[];
  /** Only the label is there: the undo record that belongs to it is missing from the object. */
  lost?: true;
  /** Its undo record is for an API version that the cluster no longer serves, so the original cannot be restored now. */
  unserved?: true;
  /** The undo record is there and cannot be read: it was cut off or edited. */
  unreadable?: true;
}

/**
 * `ConfigDrift:shop/ConfigMap/checkout-config`; the group follows the kind unless it is the core group; `-` means no namespace.
 * Names of some kinds may hold invisible characters, which are left out; a digest then tells apart what looks the same.
 */
export function injectionId(type: string, ref: ObjectRef): string {
  const group = groupOf(ref.apiVersion);
  const exact = `${type}:${ref.namespace ?? '-'}/${ref.kind}${group ? `.${group}` : ''}/${ref.name}`;
  const shown = sanitise(exact);
  return shown === exact ? shown : `${shown}#${sha256(exact).slice(0, 12)}`;
}
