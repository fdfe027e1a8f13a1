import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import { failure } from '../kube/client/http/failure.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { literal, sanitise } from '../text/sanitise.ts';
import { type GateResult, pass, stop } from './gate.ts';

/** The one object that stops every mayday from injecting into a cluster. Its namespace exists everywhere. */
export const LATCH: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'mayday-latch' };

/** Who set the latch, why and when. */
export interface LatchFacts {
  by: string;
  why: string;
  /** RFC 3339. */
  at: string;
}

/** Whether the cluster is latched. */
export type LatchState =
  | {
      on: true;
      facts: LatchFacts /** Its deletion was requested; it is in force until it is gone. */;
      isTerminating?: true;
    }
  | { on: false }
  | { on: 'unknown'; failure: Failure };

/** Reads the latch. A latch that does not exist is off; one that cannot be read is unknown. */
export async function readLatch(api: Api, signal?: AbortSignal): Promise<LatchState> {
  const outcome = await api.get(LATCH, signal === undefined ? {} : { signal });
  if (!outcome.ok) return outcome.reason === 'not-found' ? { on: false } : { on: 'unknown', failure: outcome };
  const data = (outcome.value.data ?? {}) as Record<string, unknown>;
  const facts = { by: sanitise(data.by, 200), why: sanitise(data.why, 200), at: sanitise(data.at, 40) };
  return {
    on: true,
    facts,
    ...(outcome.value.metadata.deletionTimestamp === undefined ? {} : { isTerminating: true }),
  };
}

/** Latches the cluster, and reads that back. If it is latched already, the first facts are kept. */
export async function setLatch(api: Api, facts: LatchFacts): Promise<{ ok: true } | Failure> {
  const object: KubeObject = {
    apiVersion: LATCH.apiVersion,
    kind: LATCH.kind,
    metadata: { name: LATCH.name, namespace: LATCH.namespace ?? '', labels: { 'app.kubernetes.io/part-of': 'mayday' } },
    data: { ...facts },
  };
  const outcome = await api.create(object);
  if (!outcome.ok && outcome.reason !== 'already-exists') return outcome;
  const state = await readLatch(api);
  if (state.on === 'unknown') return state.failure;
  if (state.on && !state.isTerminating) return { ok: true };
  const why = state.on ? literal('the latch is being deleted') : literal('the latch is not there when it is read back');
  return failure('server-error', why);
}

/** Removes the latch, and reads that back. */
export async function clearLatch(api: Api): Promise<{ ok: true } | Failure> {
  const outcome = await api.remove(LATCH);
  if (!outcome.ok && outcome.reason !== 'not-found') return outcome;
  const state = await readLatch(api);
  if (state.on === false) return { ok: true };
  return state.on === 'unknown'
    ? state.failure
    : failure('server-error', literal('the latch is still there when it is read back; a finalizer may hold it'));
}

/** The gate of the latch. A latch that cannot be read counts as on; otherwise removing the permission to read it would disable it. */
export function latchGate(state: LatchState): GateResult {
  if (state.on === false) return pass('latch', 'off');
  if (state.on === true) {
    const { by, at, why } = state.facts;
    return stop(
      'latch',
      `latched by ${by || 'somebody'} at ${at}${why === '' ? '' : ` (${why})`}: no new injections until mayday latch off`,
      'latched',
    );
  }
  const code = state.failure.reason === 'unreachable' ? 'unreachable' : 'blind';
  return stop('latch', `cannot tell whether the cluster is latched: ${state.failure.message}`, code);
}
