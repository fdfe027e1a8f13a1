import { TYPE_LABEL } from '../injection/record/markers.ts';
import type { Followed } from './followed.ts';
import type { ViewKind } from './view/kinds.ts';

/** The lines of the health board, in the order of the screen. */
export const BOARD = ['nodes', 'pods', 'deployments', 'endpoints', 'webhooks', 'crds', 'leases'] as const;
export type BoardKind = (typeof BOARD)[number];

/**
 * The kinds that the board is computed from. Two kinds may make one line: services and slices make `endpoints`, both
 * webhook kinds make `webhooks`.
 */
export const SOURCES = {
  nodes: 'Node',
  pods: 'Pod',
  deployments: 'Deployment',
  services: 'Service',
  slices: 'EndpointSlice',
  validating: 'ValidatingWebhookConfiguration',
  mutating: 'MutatingWebhookConfiguration',
  crds: 'CustomResourceDefinition',
  leases: 'Lease',
} as const satisfies Record<string, ViewKind>;

/** Injections on Secrets are found by their label alone, since Secrets are not in the view. */
export const MARKED_SECRETS: Followed = {
  apiVersion: 'v1',
  kind: 'Secret',
  labelSelector: TYPE_LABEL,
  metadataOnly: true,
};
