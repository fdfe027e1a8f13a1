import type { NewObject } from '../object.ts';
import recorded from '../recorded/rbac.json' with { type: 'json' };
import type { Store } from '../store.ts';

const GROUP = 'rbac.authorization.k8s.io';
const BY = { by: { manager: 'kube-apiserver' } };

/** Stores the roles and bindings every API server starts with, and the two system priority classes. */
export function bootstrapCluster(store: Store): void {
  for (const object of recorded as unknown as readonly NewObject[])
    store.create(`${String(object.kind).toLowerCase()}s.${GROUP}`, object, BY);
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const)
    store.create(
      'priorityclasses.scheduling.k8s.io',
      {
        metadata: { name },
        value,
        preemptionPolicy: 'PreemptLowerPriority',
        description: 'Used for system critical pods that must not be moved from their current node.',
      },
      BY,
    );
}
