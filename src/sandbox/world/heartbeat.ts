import { isDown } from '../controllers/cluster/node-lifecycle.ts';
import type { Obj } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { microTimestamp } from '../object.ts';
import { nodeLease } from './cluster.ts';

const LEASE = 'leases.coordination.k8s.io';
const EVERY_MS = 10_000;
const BY = { by: { manager: 'kubelet' } } as const;

interface Lease extends Obj {
  spec: { renewTime?: string; holderIdentity?: string };
}

/** Renews every node's Lease every ten seconds, as kubelets do. */
export function startHeartbeats({ store, clock }: Parts): void {
  const beat = () => {
    for (const node of store.list<Obj>('nodes')) {
      if (isDown(node)) continue;
      const { name, uid } = node.metadata;
      const renewTime = microTimestamp(clock.now());
      const change = (draft: Lease) => {
        draft.spec = { ...draft.spec, renewTime };
      };
      const renewed = store.modify<Lease>(LEASE, 'kube-node-lease', name, change, BY);
      if (!renewed) store.create(LEASE, nodeLease(name, uid, clock.now()), BY);
    }
  };
  clock.setInterval(beat, EVERY_MS);
}
