import type { KubeObject } from '../../src/k8s/object.ts';
import { inShop, withMeta } from './objects.ts';

/** A Deployment of the shop with its containers. */
export function deployment(
  name: string,
  spec: object = {},
  containers: object[] = [{ name: 'main', image: 'a/b:1' }],
): KubeObject {
  // Each its own map: a clone would keep them one.
  const labels = () => ({ app: name });
  const template = { metadata: { labels: labels() }, spec: { containers } };
  return inShop('apps/v1', 'Deployment', name, {
    metadata: { labels: labels() },
    spec: { replicas: 3, selector: { matchLabels: labels() }, template, ...spec },
  });
}

/** A pod of that Deployment. */
export function podOf(
  app: string,
  name: string,
  more: { owner?: string; containers?: object[]; spec?: object; status?: object } = {},
): KubeObject {
  const set = more.owner ?? `${app}-1`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set, uid: 'rs', controller: true };
  const pod = inShop('v1', 'Pod', name, {
    spec: { containers: more.containers ?? [{ name: 'main' }], ...more.spec },
    status: { phase: 'Running', ...more.status },
  });
  return withMeta(pod, { uid: `uid-${name}`, labels: { app }, ownerReferences: [owner] });
}

/** The status of a Deployment of one pod that its controller has seen through. */
export const AVAILABLE_STATUS = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  conditions: [{ type: 'Available', status: 'True' }],
};
