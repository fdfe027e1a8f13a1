import type { Effect, Plan, Slowed } from '../../faults/contract.ts';
import { FIELD_MANAGER } from '../../injection/write/ownership.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { ApiResource } from '../../kube/discovery/discovery.ts';
import type { RunDeps } from '../deps.ts';
import type { Subject } from './sample.ts';

/** The longest time to wait for an answer beyond the delay: more than the 30 s that the API server gives a webhook. */
const LONGEST_ANSWER_MS = 45_000;

/**
 * The effect, with its latency measured: for a fault that delays updates, other evidence counts only if an update was slow. Sends one
 * dry-run update that changes nothing: it passes admission and is not stored. Throws when the signal aborts.
 */
export async function measuredEffect(
  { api, clock }: Pick<RunDeps, 'api' | 'clock'>,
  { fault, params, discovery }: Subject,
  plan: Plan,
  seen: Effect,
  signal: AbortSignal,
): Promise<Effect> {
  const slowed = fault.slows?.(params, plan);
  if (slowed === undefined || seen.state !== 'proven') return seen;
  const judged = (state: Effect['state'], says: string): Effect => ({ state, evidence: [...seen.evidence, says] });
  const object = await firstSlowed(api, slowed, discovery?.resources ?? [], signal);
  if (typeof object === 'string') return judged('pending', object);
  const began = clock.monotonic();
  const outcome = await api.patch(
    refOf(object),
    'merge',
    {},
    {
      dryRun: true,
      fieldManager: FIELD_MANAGER,
      signal,
      timeoutMs: slowed.atLeastMs + LONGEST_ANSWER_MS,
    },
  );
  signal.throwIfAborted();
  const tookMs = Math.round(clock.monotonic() - began);
  const took = `a dry-run update of ${nameOf(refOf(object))} took ${seconds(tookMs)}`;
  if (tookMs >= slowed.atLeastMs) return judged('proven', took);
  const refused = outcome.ok ? '' : ` (${outcome.message})`;
  return judged('pending', `${took}${refused}, expected at least ${seconds(slowed.atLeastMs)}`);
}

/** The first object whose updates the fault delays; a text says why there is none. */
async function firstSlowed(
  api: RunDeps['api'],
  { groups, resources, namespaces, labelSelector }: Slowed,
  served: readonly ApiResource[],
  signal: AbortSignal,
): Promise<KubeObject | string> {
  const only = { limit: 1, signal, ...(labelSelector === undefined ? {} : { labelSelector }) };
  const kinds = served.filter(
    ({ group, resource, verbs }) =>
      verbs.includes('patch') && resources.includes(resource) && (groups.includes('*') || groups.includes(group)),
  );
  let blind: string | undefined;
  for (const { apiVersion, kind, resource } of kinds)
    for (const namespace of namespaces) {
      const outcome = await api.list({ apiVersion, kind, namespace }, only);
      if (!outcome.ok) blind ??= `${resource} in ${namespace}: ${outcome.message}`;
      const object = outcome.ok ? outcome.value.items[0] : undefined;
      if (object) return { ...object, apiVersion, kind };
    }
  signal.throwIfAborted();
  return blind ?? `expected one of ${resources.join(', ')} in ${namespaces.join(', ')} to time an update, found none`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
