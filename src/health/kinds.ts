import { TYPE_LABEL } from '../injection/record/markers.ts';
import type { Followed } from './feed.ts';

/** The lines of the health board, in the order they stand on the screen. */
export const BOARD = ['nodes', 'pods', 'deployments', 'endpoints', 'webhooks', 'crds', 'leases'] as const;
export type BoardKind = (typeof BOARD)[number];

/** What the board watches. Two tables may feed one line: services and slices make `endpoints`, both webhook kinds `webhooks`. */
export const SOURCES = {
  nodes: { apiVersion: 'v1', kind: 'Node' },
  pods: { apiVersion: 'v1', kind: 'Pod' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment' },
  services: { apiVersion: 'v1', kind: 'Service' },
  slices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  validating: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  mutating: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
  crds: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  leases: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
} as const satisfies Record<string, Followed>;

const TYPED = { labelSelector: TYPE_LABEL, metadataOnly: true };

/** Kinds that injections are often aimed at; the others are swept: see `sweep.ts`. They are watched only for injections on them: the label keeps these lists as short as the chaos is. */
export const MARKED: readonly Followed[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', ...TYPED },
  { apiVersion: 'v1', kind: 'Secret', ...TYPED },
  { apiVersion: 'v1', kind: 'ResourceQuota', ...TYPED },
  { apiVersion: 'v1', kind: 'ServiceAccount', ...TYPED },
  { apiVersion: 'v1', kind: 'Namespace', ...TYPED },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', ...TYPED },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', ...TYPED },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...TYPED },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', ...TYPED },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', ...TYPED },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', ...TYPED },
];
