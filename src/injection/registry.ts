import type { FaultType } from '../experiment/types.ts';
import type { Fault } from './fault.ts';
import { clientFault } from './faults/client-fault.ts';
import { configDrift } from './faults/config-drift.ts';
import { crashLoop } from './faults/crash-loop.ts';
import { crdMutation } from './faults/crd-mutation.ts';
import { finalizerBlock } from './faults/finalizer-block.ts';
import { imageCorrupt } from './faults/image-corrupt.ts';
import { labelStomping } from './faults/label-stomping.ts';
import { leaderElectionDisrupt } from './faults/leader-election-disrupt.ts';
import { namespaceDeletion } from './faults/namespace-deletion.ts';
import { networkPartition } from './faults/network-partition.ts';
import { ownerRefOrphan } from './faults/owner-ref-orphan.ts';
import { pdbBlock } from './faults/pdb-block.ts';
import { podKill } from './faults/pod-kill.ts';
import { quotaExhaustion } from './faults/quota-exhaustion.ts';
import { rbacRevoke } from './faults/rbac-revoke.ts';
import { resourceDeletion } from './faults/resource-deletion.ts';
import { scaleZero } from './faults/scale-zero.ts';
import { secretDeletion } from './faults/secret-deletion.ts';
import { webhookDisrupt } from './faults/webhook-disrupt.ts';
import { webhookLatency } from './faults/webhook-latency.ts';

/** One row for each injection type; a further type is one file and its row here. */
const FAULTS: Readonly<Record<FaultType, Fault<unknown>>> = {
  PodKill: podKill,
  ConfigDrift: configDrift,
  ImageCorrupt: imageCorrupt,
  LabelStomping: labelStomping,
  FinalizerBlock: finalizerBlock,
  OwnerRefOrphan: ownerRefOrphan,
  DeploymentScaleZero: scaleZero,
  CrashLoopInject: crashLoop,
  WebhookDisrupt: webhookDisrupt,
  RBACRevoke: rbacRevoke,
  ClientFault: clientFault,
  CRDMutation: crdMutation,
  NetworkPartition: networkPartition,
  QuotaExhaustion: quotaExhaustion,
  PDBBlock: pdbBlock,
  SecretDeletion: secretDeletion,
  LeaderElectionDisrupt: leaderElectionDisrupt,
  ResourceDeletion: resourceDeletion,
  NamespaceDeletion: namespaceDeletion,
  WebhookLatency: webhookLatency,
};

/** The planner of this type; undefined for a record whose type could not be inferred. */
export function faultOf(type: FaultType): Fault<unknown>;
export function faultOf(type: FaultType | 'unknown'): Fault<unknown> | undefined;
export function faultOf(type: FaultType | 'unknown'): Fault<unknown> | undefined {
  return type === 'unknown' ? undefined : FAULTS[type];
}
