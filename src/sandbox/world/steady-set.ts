import { controllerRef } from '../controllers/pods.ts';
import type { StatefulSet } from '../controllers/workloads/statefulset-controller.ts';
import { templateHash } from '../controllers/workloads/template-hash.ts';
import { completePodSpec } from './pod-defaults.ts';
import type { Seeder } from './seeder.ts';
import { putPod, type WorkloadSeed } from './steady.ts';

/** Stores a StatefulSet whose pods have been running for a long time. */
export function putStatefulSet(s: Seeder, seed: WorkloadSeed, firstNode: number): void {
  const { namespace, name, replicas = 1, hoursAgo, labels = {}, selector } = seed;
  const template = { metadata: { labels: { ...selector, ...seed.podLabels } }, spec: completePodSpec(seed) };
  const revision = `${name}-${templateHash(template)}`;
  const set = s.put<StatefulSet>(
    'statefulsets.apps',
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        selector: { matchLabels: selector },
        template,
        serviceName: name,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
      status: {
        observedGeneration: 1,
        replicas,
        readyReplicas: replicas,
        currentReplicas: replicas,
        updatedReplicas: replicas,
        availableReplicas: replicas,
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
      },
    },
    { hoursAgo },
  );
  for (let i = 0; i < replicas; i++) {
    const own = {
      'controller-revision-hash': revision,
      'statefulset.kubernetes.io/pod-name': `${name}-${i}`,
      'apps.kubernetes.io/pod-index': String(i),
    };
    const pod = {
      namespace,
      name: `${name}-${i}`,
      labels: { ...template.metadata.labels, ...own },
      owner: controllerRef(set),
    };
    const spec = { ...template.spec, hostname: `${name}-${i}`, subdomain: name };
    putPod(s, { ...pod, spec }, firstNode + i, hoursAgo);
  }
}
