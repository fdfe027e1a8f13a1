import { rules as ClientFault } from './client-fault/rules.ts';
import { rules as ConfigDrift } from './config-drift/rules.ts';
import { rules as CrashLoopInject } from './crash-loop-inject/rules.ts';
import { rules as CRDMutation } from './crd-mutation/rules.ts';
import { rules as DeploymentScaleZero } from './deployment-scale-zero/rules.ts';
import { rules as FinalizerBlock } from './finalizer-block/rules.ts';
import { rules as ImageCorrupt } from './image-corrupt/rules.ts';
import { rules as LabelStomping } from './label-stomping/rules.ts';
import { rules as LeaderElectionDisrupt } from './leader-election-disrupt/rules.ts';
import { rules as NamespaceDeletion } from './namespace-deletion/rules.ts';
import { rules as NetworkPartition } from './network-partition/rules.ts';
import { rules as OwnerRefOrphan } from './owner-ref-orphan/rules.ts';
import { rules as PDBBlock } from './pdb-block/rules.ts';
import { rules as PodKill } from './pod-kill/rules.ts';
import { rules as QuotaExhaustion } from './quota-exhaustion/rules.ts';
import { rules as RBACRevoke } from './rbac-revoke/rules.ts';
import { rules as ResourceDeletion } from './resource-deletion/rules.ts';
import type { FaultRules } from './rules/rules.ts';
import { rules as SecretDeletion } from './secret-deletion/rules.ts';
import { rules as WebhookDisrupt } from './webhook-disrupt/rules.ts';
import { rules as WebhookLatency } from './webhook-latency/rules.ts';

/**
 * One row for each fault type, in the framework's order: what its documents may say and how it is recognised in a
 * cluster.
 */
const TYPES = {
  PodKill,
  NetworkPartition,
  CRDMutation,
  ConfigDrift,
  WebhookDisrupt,
  RBACRevoke,
  FinalizerBlock,
  ClientFault,
  OwnerRefOrphan,
  QuotaExhaustion,
  WebhookLatency,
  NamespaceDeletion,
  LabelStomping,
  SecretDeletion,
  DeploymentScaleZero,
  LeaderElectionDisrupt,
  CrashLoopInject,
  ImageCorrupt,
  ResourceDeletion,
  PDBBlock,
} satisfies Record<string, FaultRules>;

export type FaultType = keyof typeof TYPES;

export const FAULT_TYPES = Object.keys(TYPES) as readonly FaultType[];

/** The rules of every type. */
export const FAULT_RULES: Readonly<Record<FaultType, FaultRules>> = TYPES;

/** The type of this name; undefined if there is none. */
export const asFaultType = (text: string | undefined): FaultType | undefined => FAULT_TYPES.find(type => type === text);
