import type { Live, Plan, Read } from '../../faults/contract.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Collection } from '../../kube/client/api.ts';
import type { ChangeSource } from './changes.ts';
import type { Checked } from './checks.ts';
import type { Subject } from './sample.ts';

/** The objects whose changes cause a new sample: those of the checks, those that show the effect, and the target. */
export function changeSources({
  subject,
  checked,
  before,
  plan,
}: {
  subject: Pick<Subject, 'fault' | 'params'>;
  checked: readonly Pick<Checked, 'ref'>[];
  before: Live;
  plan: Plan;
}): ChangeSource[] {
  const { fault, params } = subject;
  const sources = [
    ...checked.map(({ ref }) => ({ collection: collectionOf(ref), name: ref.name })),
    ...fault.effectReads(params, plan, before).flatMap(sourceOf),
    { collection: collectionOf(plan.target), name: plan.target.name },
  ];
  return [...new Map(sources.map(source => [JSON.stringify(source), source])).values()];
}

function sourceOf(read: Read): ChangeSource[] {
  if ('get' in read) return [{ collection: collectionOf(read.get), name: read.get.name }];
  if ('list' in read)
    return [{ collection: read.list, ...(read.labelSelector ? { labelSelector: read.labelSelector } : {}) }];
  return [];
}

const collectionOf = ({ apiVersion, kind, namespace }: ObjectRef): Collection => ({
  apiVersion,
  kind,
  ...(namespace ? { namespace } : {}),
});
