import type { Live, Read, Refusal } from '../faults/contract.ts';
import { objectIn } from '../injection/live.ts';
import { refuse } from '../injection/plan/refuse.ts';
import { nameOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Adds to a refusal because a workload was not found the workloads of that name and another kind, since Deployments and StatefulSets are often mixed up. */
export async function withNamesakes(
  api: Api,
  refusal: Refusal,
  reads: readonly Read[],
  live: Live,
  signal: AbortSignal | undefined,
): Promise<Refusal> {
  const missing = reads.flatMap(read =>
    'get' in read &&
    read.get.apiVersion === 'apps/v1' &&
    WORKLOADS.includes(read.get.kind) &&
    objectIn(live, read.key).state === 'absent'
      ? [read.get]
      : [],
  );
  const others = missing.flatMap(ref => WORKLOADS.filter(kind => kind !== ref.kind).map(kind => ({ ...ref, kind })));
  const seen = await Promise.all(
    others.map(async ref => ((await api.get(ref, signal === undefined ? {} : { signal })).ok ? [nameOf(ref)] : [])),
  );
  const found = seen.flat();
  return found.length === 0 ? refusal : refuse(refusal.code, `${refusal.message}; there is ${found.join(' and ')}`);
}
