import type { FaultType } from '../types.ts';
import { ClientFault, RBACRevoke, WebhookDisrupt, WebhookLatency } from './admission.ts';
import { NamespaceDeletion, ResourceDeletion, SecretDeletion } from './deletions.ts';
import { ConfigDrift, CRDMutation, FinalizerBlock, LabelStomping, OwnerRefOrphan } from './objects.ts';
import {
  CrashLoopInject,
  DeploymentScaleZero,
  ImageCorrupt,
  LeaderElectionDisrupt,
  NetworkPartition,
  PDBBlock,
  PodKill,
  QuotaExhaustion,
} from './pods.ts';
import type { TypeRules } from './rules.ts';

/** What each injection type accepts. */
export const TYPE_RULES: Readonly<Record<FaultType, TypeRules>> = {
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
};
