import type { Effect, Plan, Slowed } from '../../faults/contract.ts';
import { FIELD_MANAGER } from '../../injection/write/ownership.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { ApiResource } from '../../kube/discovery/discovery.ts';
import type { RunDeps } from '../deps.ts';
import type { Subject } from './sample.ts';

/** The API server gives a webhook at most this long; the rest of a request is far below what is left. */
const LONGEST_ANSWER_MS = 45_000;

/**
 * The effect as time shows it: where a fault slows updates down, what else is seen of it counts only when an update was slow. Asks for
 * one update of nothing, as a dry run: it passes admission and is not stored. Throws when the signal aborts.
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

/** The first object whose updates the fault slows down; or, in one line, why there is none to try it on. */
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
  return blind ?? `there is none of ${resources.join(', ')} in ${namespaces.join(', ')} to time an update of`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
