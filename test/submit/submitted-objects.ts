import type { KubeObject } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { labelsOf, nameOfSubmission } from '../../src/submit/names.ts';
import { ABOUT } from '../../src/submit/submission.ts';

/** A submission as it stands in a cluster. */
export const id = '20261128-215349-3f9a2c';
export const namespace = 'chaos';

export const kinds = ['Job', 'CronJob'].map(
  (kind): ApiResource => ({
    group: 'batch',
    version: 'v1',
    apiVersion: 'batch/v1',
    kind,
    resource: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    namespaced: true,
    verbs: ['list'],
    shortNames: [],
    subresources: [],
  }),
);

export const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels: labelsOf(id) },
  ...more,
});

const about = { v: 1, id, by: 'alice', at: '', image: 'mayday:1', queues: [], reachesOut: false };
export const root = object('v1', 'ConfigMap', nameOfSubmission(id), { data: { [ABOUT]: JSON.stringify(about) } });
export const job = (status: object = {}) => object('batch/v1', 'Job', nameOfSubmission(id), { status });
