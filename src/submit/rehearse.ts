import type { Fault, Plan } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { fetchLive } from '../injection/live.ts';
import { send } from '../injection/write/send.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { groupOf, nameOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { failure } from '../kube/client/http/failure.ts';
import { decide } from '../revert/scan/classify.ts';
import { recognise } from '../revert/scan/recognise.ts';
import { reachOf } from '../revert/trust/reach.ts';
import { scopesIn } from '../revert/trust/scope.ts';
import { literal } from '../text/sanitise.ts';
import { type RecordedRequest, recordRequests } from './recorded-requests.ts';

/** What would be read after the injection, and writes that the server would refuse, a line each. */
export interface Rehearsal {
  asked: RecordedRequest[];
  /** Whether the revert changes more than the object of the record; a reaper does that only where the record is signed. */
  wantsSignature: boolean;
  refused: string[];
}

/**
 * Tries every write of a plan by a server-side dry run. Then reads, from a view of the cluster that contains these writes, what shows the effect and what the
 * revert reads. Nothing is stored.
 */
export async function rehearse(
  server: Api,
  { fault, params, plan }: { fault: Fault<unknown>; params: unknown; plan: Plan },
  signal?: AbortSignal,
): Promise<Rehearsal> {
  const answers = await Promise.all(plan.writes.map(write => send(server, write, { dryRun: true, timeoutMs: 30_000 })));
  const overlay = new Map<string, KubeObject | null>();
  plan.writes.forEach((write, index) => {
    const answer = answers[index];
    if (answer?.ok) overlay.set(keyOf(write.on), write.verb === 'delete' ? null : answer.value);
  });
  const { api, asked } = recordRequests(withOverlay(server, overlay));
  await fetchLive(api, live => fault.effectReads(params, plan, live), signal);
  const injections = [...overlay.values()].flatMap(object => (object === null ? [] : recognise(object)));
  const reverts = await Promise.all(
    injections.filter(({ type }) => type === fault.type).map(finding => decide(api, faultOf, finding, signal)),
  );
  const discovered = await server.discovery();
  const scopeOf = scopesIn(discovered.ok ? discovered.value : undefined);
  return {
    asked,
    wantsSignature: reverts.some(
      ({ finding, restore }) =>
        restore !== undefined && 'writes' in restore && reachOf(finding, restore.writes, scopeOf).tier > 1,
    ),
    refused: plan.writes.flatMap((write, index) => {
      const answer = answers[index];
      return answer === undefined || answer.ok
        ? []
        : [`the server would refuse it: ${nameOf(write.on)}: ${answer.message}`];
    }),
  };
}

const keyOf = ({ apiVersion, kind, namespace = '', name }: ObjectRef): string =>
  `${groupOf(apiVersion)} ${kind} ${namespace}/${name}`;

/** A view of the cluster in which these objects replace the real ones; null stands for a deleted object. */
function withOverlay(server: Api, overlay: ReadonlyMap<string, KubeObject | null>): Api {
  const get: Api['get'] = async (ref, options) => {
    const there = overlay.get(keyOf(ref));
    if (there === undefined) return server.get(ref, options);
    return there === null ? failure('not-found', literal('deleted'), 404) : { ok: true, value: there, status: 200 };
  };
  return Object.assign(Object.create(server) as Api, { get });
}
