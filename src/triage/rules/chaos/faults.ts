import type { FaultType } from '../../../faults/types.ts';

/** What an injection of a type does to its victim, and what follows from it. */
export interface Effect {
  /** One line about the object, without its name. */
  summary: string;
  /** What follows. */
  effect: string;
}

/** Every fault type; `unknown` is for a mark whose type cannot be read. */
export const EFFECTS: Readonly<Record<FaultType | 'unknown', Effect>> = {
  PodKill: { summary: 'pods were killed by a chaos injection', effect: 'Their owner creates new ones.' },
  NetworkPartition: {
    summary: 'a NetworkPolicy of a chaos injection isolates pods',
    effect: 'Nothing reaches those pods any more. The kubelet may still probe them, so they may look ready.',
  },
  CRDMutation: {
    summary: 'a chaos injection changed a field',
    effect: 'Programs that use the field get a wrong value.',
  },
  ConfigDrift: {
    summary: 'a chaos injection changed a key of its data',
    effect: 'Programs that read the key get a wrong value, at the latest when they restart.',
  },
  WebhookDisrupt: {
    summary: 'a chaos injection changed the failurePolicy of its webhooks',
    effect: 'Requests are rejected that should be allowed, or pass without being checked.',
  },
  RBACRevoke: {
    summary: 'a chaos injection emptied the subjects of the binding (RBAC revoked)',
    effect: 'The subjects that were bound get 403 Forbidden.',
  },
  FinalizerBlock: {
    summary: 'a chaos injection added a finalizer to it',
    effect: 'When it is deleted it stays Terminating, and so does its namespace.',
  },
  ClientFault: {
    summary: 'a chaos injection configures faults for the API client of an operator',
    effect: 'The operator that reads the ConfigMap gets errors and delays for its API requests.',
  },
  OwnerRefOrphan: {
    summary: 'a chaos injection removed its ownerReferences',
    effect: 'Its owner no longer manages it, and garbage collection no longer removes it.',
  },
  QuotaExhaustion: {
    summary: 'a ResourceQuota of a chaos injection allows nothing more in the namespace (quota exceeded)',
    effect: 'No more pods or other objects can be created in the namespace: exceeded quota.',
  },
  WebhookLatency: {
    summary: 'a webhook of a chaos injection delays requests',
    effect: 'Each request for its resources waits, up to the timeout of the webhook.',
  },
  NamespaceDeletion: {
    summary: 'a chaos injection deleted the namespace',
    effect: 'Everything in it is gone, or Terminating.',
  },
  LabelStomping: {
    summary: 'a chaos injection changed a label',
    effect: 'Selectors of Services and controllers no longer match it: no endpoints, or orphaned pods.',
  },
  SecretDeletion: {
    summary: 'a chaos injection deleted the Secret',
    effect: 'Pods that need the Secret cannot start: secret not found.',
  },
  DeploymentScaleZero: {
    summary: 'a chaos injection scaled it to 0 replicas',
    effect: 'It has no pods, its Services have no endpoints, and webhooks that it serves cannot be called.',
  },
  LeaderElectionDisrupt: {
    summary: 'a chaos injection deleted the Lease of a leader',
    effect: 'The controller has no leader until a new one is elected.',
  },
  CrashLoopInject: {
    summary: 'a chaos injection replaced the command of a container: it crashes (CrashLoopBackOff)',
    effect: 'Its pods crash loop, and its Services lose their endpoints.',
  },
  ImageCorrupt: {
    summary: 'a chaos injection replaced the image of a container: it cannot be pulled (ImagePullBackOff)',
    effect: 'New pods cannot start, and its Services lose their endpoints.',
  },
  ResourceDeletion: {
    summary: 'a chaos injection deleted the object',
    effect: 'Everything that needs the object gets a "not found" error.',
  },
  PDBBlock: {
    summary: 'a PodDisruptionBudget of a chaos injection allows no disruptions',
    effect: 'Evictions are refused: nodes cannot be drained.',
  },
  unknown: {
    summary: 'it carries marks of a chaos injection',
    effect: 'The marks do not show what was changed.',
  },
};
