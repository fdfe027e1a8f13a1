/** The little world that journeys break. */

import { randomBytes } from 'node:crypto';
import { WEB_IS_AVAILABLE } from '../../support/loaded-experiment.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds as kubectl prints them; tests know which they asked for
export type Thing = any;

export const LABELS = { app: 'web' };

/** What runs in it: an image that every node has already. */
const IMAGE = 'registry.k8s.io/pause:3.10';

/** Deployment `web`, one replica. */
export const web = (image = IMAGE): Thing => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: LABELS },
  spec: {
    replicas: 1,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image }] },
    },
  },
});

/** ConfigMap `settings`, which nobody watches over. */
export const settings = (): Thing => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', annotations: { note: 'kept' } },
  data: { mode: 'live', other: 'kept' },
});

export interface FaultSpec {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly ttl?: string;
  readonly recovery?: string;
  readonly danger?: 'high';
  /** Pods that it may reach; 1 unless told. */
  readonly pods?: number;
  /** Its target lives in no namespace. */
  readonly clusterScoped?: true;
  /** Namespaces that it may write to besides the stage's own. */
  readonly alsoIn?: readonly string[];
}

/** An experiment on Deployment `web` of that namespace. */
export const experiment = (
  namespace: string,
  { type, parameters, ttl, recovery = '30s', danger, pods = 1, clusterScoped, alsoIn = [] }: FaultSpec,
): Thing => ({
  apiVersion: 'chaos.operatorchaos.io/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: { name: `e2e-${type.toLowerCase()}` },
  spec: {
    tier: 1,
    // An operator of its own: the journeys run side by side, and one operator takes one process at a time.
    target: { operator: `e2e-${type.toLowerCase()}-${randomBytes(4).toString('hex')}`, component: 'web' },
    steadyState: {
      checks: [{ ...WEB_IS_AVAILABLE, namespace }],
      timeout: '30s',
    },
    injection: {
      type,
      parameters,
      count: 1,
      ...(ttl === undefined ? {} : { ttl }),
      ...(danger === undefined ? {} : { dangerLevel: danger }),
    },
    hypothesis: { description: 'web stays up', recoveryTimeout: recovery },
    blastRadius: {
      maxPodsAffected: pods,
      ...(clusterScoped ? {} : { allowedNamespaces: [namespace, ...alsoIn] }),
      ...(danger === undefined ? {} : { allowDangerous: true }),
    },
  },
});

/** The drift that nobody heals. */
export const drift: FaultSpec = {
  type: 'ConfigDrift',
  parameters: { name: 'settings', key: 'mode', value: 'chaos' },
};

export const podKill: FaultSpec = { type: 'PodKill', parameters: { labelSelector: 'app=web' } };

/** True when every replica of the newest template is up. */
export const isUp = ({ metadata, spec, status }: Thing): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.updatedReplicas === spec.replicas &&
  status?.replicas === spec.replicas &&
  status?.availableReplicas === spec.replicas;

/** What must be the same again after a revert: all but what the server keeps count with. */
export function lasting(object: Thing): Thing {
  const copy = structuredClone(object);
  for (const field of ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'])
    delete copy.metadata[field];
  delete copy.status;
  delete copy.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return copy;
}
