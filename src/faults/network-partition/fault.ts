import { restoreCreated } from '../../injection/plan/created.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { DAEMON_SETS, effect, LEASES } from './effect.ts';
import { type NetworkPartitionParams, POLICY, plan, podAndPolicyReads, policyRef, traits } from './plan.ts';

/** Cuts pods off the network, both ways, with a policy that selects them and allows nothing. The policy's labels are the undo record. */
export const networkPartition: Fault<NetworkPartitionParams> = {
  type: 'NetworkPartition',
  appliesTo,
  parse: ({ labelSelector = '' }) => ({ labelSelector }),
  reads: (params, scope) => [{ key: POLICY, get: policyRef(params, scope) }, ...podAndPolicyReads(params, scope)],
  plan,
  effectReads: (params, made) => [
    { key: POLICY, get: policyRef(params, made.scope) },
    ...podAndPolicyReads(params, made.scope),
    { key: DAEMON_SETS, list: { apiVersion: 'apps/v1', kind: 'DaemonSet' } },
    { key: LEASES, list: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } },
  ],
  effect,
  restoreReads: () => [],
  restore: found => restoreCreated(found, traits),
};
