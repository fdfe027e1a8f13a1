import { FAULT_TYPES, type FaultType } from '../experiment/types.ts';
import type { Fault, Refusal } from './fault.ts';
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
import { refuse } from './refuse.ts';

/** One row for each injection type that can be injected and restored; a further type is one file and its row here. */
const FAULTS: readonly Fault<unknown>[] = [
  podKill,
  configDrift,
  imageCorrupt,
  labelStomping,
  finalizerBlock,
  ownerRefOrphan,
  scaleZero,
  crashLoop,
  webhookDisrupt,
  rbacRevoke,
  clientFault,
  crdMutation,
  networkPartition,
  quotaExhaustion,
  pdbBlock,
  secretDeletion,
  leaderElectionDisrupt,
  resourceDeletion,
  namespaceDeletion,
  webhookLatency,
];

const BY_TYPE: ReadonlyMap<FaultType, Fault<unknown>> = new Map(FAULTS.map(fault => [fault.type, fault]));

/** The planner of this type, undefined where it is not there yet. */
export function faultOf(type: FaultType): Fault<unknown> | undefined {
  return BY_TYPE.get(type);
}

export const isSupported = (type: FaultType): boolean => BY_TYPE.has(type);

/** Types that can be injected now, in the framework's order. */
export const supportedTypes = (): FaultType[] => FAULT_TYPES.filter(isSupported);

/** The plain answer to a type whose planner does not exist yet. */
export function notThereYet(type: FaultType): Refusal {
  return refuse('unsupported', `${type} is not there yet: this version injects ${supportedTypes().join(', ')}`);
}
