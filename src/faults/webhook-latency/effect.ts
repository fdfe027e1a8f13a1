import { listIn } from '../../injection/live.ts';
import { createdReadBack } from '../../injection/plan/created.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import type { WebhookLatencyParams } from './parts.ts';

export const ENDPOINTS = 'endpoints';

interface Slice {
  /** The server writes null if there are none. */
  endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

/** Proven when the webhook configuration exists and its Service has a ready endpoint, which answers late. */
export function effect(params: WebhookLatencyParams, plan: Plan, live: Live): Effect {
  const back = createdReadBack(plan, live, nameOf(plan.target));
  if ('effect' in back) return back.effect;
  const stands = `${nameOf(plan.target)} is called for ${params.resources.join(', ')}`;
  const slices = listIn(live, ENDPOINTS);
  if (slices.state !== 'found')
    return { state: 'pending', evidence: [stands, `the endpoints of Service ${params.name} could not be read`] };
  const ready = (slices.value as (KubeObject & Slice)[])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false).length;
  return ready > 0
    ? {
        state: 'proven',
        evidence: [stands, `Service ${params.name} has ${ready} ready endpoint`],
      }
    : {
        state: 'pending',
        evidence: [
          stands,
          `Service ${params.name} has no ready endpoint, so the calls fail at once and the API server ignores them`,
        ],
      };
}
