import { clientFault } from './client-fault/fault.ts';
import { configDrift } from './config-drift/fault.ts';
import type { Fault } from './contract.ts';
import { crashLoop } from './crash-loop-inject/fault.ts';
import { crdMutation } from './crd-mutation/fault.ts';
import { scaleZero } from './deployment-scale-zero/fault.ts';
import { finalizerBlock } from './finalizer-block/fault.ts';
import { imageCorrupt } from './image-corrupt/fault.ts';
import { labelStomping } from './label-stomping/fault.ts';
import { leaderElectionDisrupt } from './leader-election-disrupt/fault.ts';
import { namespaceDeletion } from './namespace-deletion/fault.ts';
import { networkPartition } from './network-partition/fault.ts';
import { ownerRefOrphan } from './owner-ref-orphan/fault.ts';
import { pdbBlock } from './pdb-block/fault.ts';
import { podKill } from './pod-kill/fault.ts';
import { quotaExhaustion } from './quota-exhaustion/fault.ts';
import { rbacRevoke } from './rbac-revoke/fault.ts';
import { resourceDeletion } from './resource-deletion/fault.ts';
import { secretDeletion } from './secret-deletion/fault.ts';
import type { FaultType } from './types.ts';
import { webhookDisrupt } from './webhook-disrupt/fault.ts';
import { webhookLatency } from './webhook-latency/fault.ts';

/** One row for each fault type; a new type needs its folder, a row here and one in `types.ts`. */
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
