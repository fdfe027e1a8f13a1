import { resolveNamespace } from '../experiment/scope.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import type { Facts, Fault, Live, Plan, Read, Refusal, Scope } from '../faults/contract.ts';
import { fetchLive } from '../injection/live.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import type { Api } from '../kube/client/api.ts';
import { withNamesakes } from './namesakes.ts';

/** The namespace and count that an experiment asks for. */
export function scopeOf({ experiment }: LoadedExperiment): Scope {
  const { injection, blastRadius } = experiment.spec;
  const { namespace } = resolveNamespace(experiment);
  return { namespace, count: injection.count, allowed: blastRadius.allowedNamespaces };
}

/** A plan or a refusal, with the objects that it was made from. */
export interface Planned {
  /** Everything that the fault asked to read. */
  reads: Read[];
  live: Live;
  plan: Plan | Refusal;
}

/**
 * Reads what the fault asks for and plans. The preview and the run both use this function. `facts` is called
 * after the reads, so that its time is that of the plan. Writes nothing.
 */
export async function readAndPlan(
  api: Api,
  fault: Fault<unknown>,
  of: { params: unknown; scope: Scope; facts: () => Facts },
  signal?: AbortSignal,
): Promise<Planned> {
  const { params, scope } = of;
  const reads: Read[] = [];
  const live = await fetchLive(
    api,
    seen => {
      const wanted = fault.reads(params, scope, seen);
      reads.push(...wanted.filter(read => !reads.some(other => other.key === read.key)));
      return wanted;
    },
    signal,
  );
  const made = fault.plan(params, scope, live, of.facts());
  const plan =
    isRefusal(made) && made.code === 'not-found' ? await withNamesakes(api, made, reads, live, signal) : made;
  return { reads, live, plan };
}
