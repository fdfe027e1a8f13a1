import type { Clean } from '../../../text/sanitise.ts';

/**
 * Why a request has no answer. `too-large`: the answer was longer than our limit. `unreachable` covers DNS, TCP, TLS
 * and deadlines: whether the server acted is not known.
 */
export type FailureReason =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  | 'gone'
  | 'throttled'
  | 'invalid'
  | 'unreachable'
  | 'server-error'
  | 'too-large'
  | 'aborted';

/** One field error of a 422 answer. */
export interface FieldCause {
  field: Clean;
  reason: string;
  message: Clean;
}

export interface Failure {
  ok: false;
  reason: FailureReason;
  /** HTTP status; 0 when no answer came. */
  status: number;
  message: Clean;
  causes?: FieldCause[];
  /** How long the server asked us to wait (429, 503), milliseconds. */
  retryAfterMs?: number;
  /** For `forbidden`: the refused user, verb and resource. */
  denied?: { user: Clean; verb: string; resource: string; namespace?: string };
}

interface Success<T> {
  ok: true;
  value: T;
  status: number;
  /** `Warning` headers of the answer. */
  warnings?: Clean[];
  /** Characters of the answer. */
  size?: number;
}

/** The typed outcome of every request: expected failures are values, never exceptions. */
export type Outcome<T> = Success<T> | Failure;
