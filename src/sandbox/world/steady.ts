import type { OwnerReference } from '../../k8s/object.ts';
import type { Deployment, Pod, PodSpec, PodTemplate, ReplicaSet } from '../controllers/kinds.ts';
import { controllerRef } from '../controllers/pods.ts';
import { buildSet } from '../controllers/workloads/deployment.ts';
import { countedStatus, deploymentCondition, isComplete } from '../controllers/workloads/deployment-status.ts';
import { replicaSetStatus } from '../controllers/workloads/replicaset.ts';
import { REVISION } from '../controllers/workloads/revision.ts';
import { maxSurge, maxUnavailable } from '../controllers/workloads/rollout.ts';
import { type NewObject, sameJson, timestamp } from '../object.ts';
import { putPastEvents } from './past-events.ts';
import { boundSpec, type ContainerSeed, completePodSpec } from './pod-defaults.ts';
import type { Seeder } from './seeder.ts';
import { settledStatus } from './settled.ts';

const HOUR = 3_600_000;

/** A Deployment that was rolled out long ago, with its pods. */
export interface WorkloadSeed {
  namespace: string;
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Selector and pod labels. */
  selector: Record<string, string>;
  /** More labels on the pods. */
  podLabels?: Record<string, string>;
  podAnnotations?: Record<string, string>;
  replicas?: number;
  containers: readonly ContainerSeed[];
  serviceAccount?: string;
  volumes?: PodSpec['volumes'];
  hoursAgo: number;
  /** When its present revision was rolled out; with the Deployment itself when absent. */
  rolledHoursAgo?: number;
  owners?: OwnerReference[];
  strategy?: Deployment['spec']['strategy'];
  /** Who applied it, kubectl unless given; `null` leaves the managed fields out, also of its sets and pods. */
  manager?: string | null;
}

interface PodSeed {
  namespace: string;
  generateName?: string;
  name?: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  owner?: OwnerReference;
  spec: PodSpec;
}

/** Stores a pod that was started `hoursAgo`: running, or stuck as its images and commands decide. */
export function putPod(s: Seeder, seed: PodSeed, node: number, hoursAgo: number, signed = true): Pod {
  const startedMs = s.clock.now() - hoursAgo * 3_600_000;
  const index = node % s.nodeNames.length;
  const name = seed.name ?? `${seed.generateName}${s.random.suffix()}`;
  const { namespace, generateName, labels, annotations, owner } = seed;
  const metadata = {
    name,
    ...(generateName && { generateName }),
    namespace,
    labels,
    ...(annotations && { annotations }),
    ...(owner && { ownerReferences: [owner] }),
  };
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, uid: s.random.uid(), generation: 1 },
    spec: boundSpec(seed.spec, s.nodeNames[index] ?? '', s.random.suffix()),
  } satisfies Pod;
  const status = settledStatus(object, s.address(index), `10.0.0.${index + 1}`, startedMs);
  const past = { hoursAgo, manager: signed ? 'kube-controller-manager' : null, uid: object.metadata.uid };
  const pod = s.put<Pod>('pods', { ...object, metadata, status }, past);
  putPastEvents(s, pod, hoursAgo);
  return pod;
}

interface Revision {
  template: PodTemplate;
  replicas: number;
  hoursAgo: number;
}

/** Stores the ReplicaSet of one revision with its pods; returns how many pods are available. */
function putRevision(
  s: Seeder,
  d: Deployment,
  older: readonly ReplicaSet[],
  revision: Revision,
  firstNode: number,
  signed: boolean,
) {
  const { template, replicas, hoursAgo } = revision;
  const built = buildSet({ ...d, spec: { ...d.spec, template } }, older);
  const { uid: _uid, ...metadata } = built.metadata;
  const manager = signed ? 'kube-controller-manager' : null;
  const set = s.put<ReplicaSet>(
    'replicasets.apps',
    { ...built, metadata, spec: { ...built.spec, replicas } },
    { hoursAgo, manager },
  );
  const pods = Array.from({ length: replicas }, (_, i) =>
    putPod(
      s,
      {
        namespace: d.metadata.namespace ?? '',
        generateName: `${set.metadata.name}-`,
        labels: set.spec.template.metadata?.labels ?? {},
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        owner: controllerRef(set),
        spec: template.spec,
      },
      firstNode + i,
      hoursAgo,
      signed,
    ),
  );
  const at = timestamp(s.clock.now() - hoursAgo * HOUR);
  const status = replicaSetStatus(set, pods, undefined, s.clock.now(), at);
  return s.store.modify<ReplicaSet>('replicasets.apps', set.metadata.namespace, set.metadata.name, draft => {
    draft.status = status;
  }) as ReplicaSet;
}

function deploymentObject(seed: WorkloadSeed): NewObject {
  const { namespace, name, replicas = 1 } = seed;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      ...(seed.labels && { labels: seed.labels }),
      annotations: { ...seed.annotations, [REVISION]: '1' },
      ...(seed.owners && { ownerReferences: seed.owners }),
    },
    spec: {
      replicas,
      selector: { matchLabels: seed.selector },
      template: templateOf(seed),
      strategy: seed.strategy ?? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  };
}

function templateOf(seed: WorkloadSeed): PodTemplate {
  const labels = { ...seed.selector, ...seed.podLabels };
  const metadata = { labels, ...(seed.podAnnotations && { annotations: seed.podAnnotations }) };
  return { metadata, spec: completePodSpec(seed) };
}

/** The conditions of a Deployment long after its last rollout began. */
function settledConditions(
  d: Deployment,
  fresh: ReplicaSet,
  all: readonly ReplicaSet[],
  bornAt: string,
  rolledAt: string,
) {
  const counted = countedStatus(d, all, fresh, bornAt);
  const name = `ReplicaSet "${fresh.metadata.name}"`;
  const progress = isComplete(d, counted)
    ? deploymentCondition(
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `${name} has successfully progressed.`,
        bornAt,
      )
    : deploymentCondition(
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `${name} has timed out progressing.`,
        rolledAt,
      );
  return { ...counted, conditions: [...(counted.conditions ?? []), progress] };
}

/** Updates the status of a Deployment and its sets from their pods, as if it had happened `minutes` ago. */
export function updateSettledStatus(s: Seeder, namespace: string, name: string, minutes: number): void {
  const at = timestamp(s.clock.now() - minutes * 60_000);
  const ownedBy = (uid: string) => (o: { metadata: ReplicaSet['metadata'] }) =>
    o.metadata.ownerReferences?.some(r => r.uid === uid) === true;
  const deployment = s.store.get<Deployment>('deployments.apps', namespace, name);
  if (!deployment) return;
  const sets = s.store.list<ReplicaSet>('replicasets.apps', namespace).filter(ownedBy(deployment.metadata.uid));
  const reported = sets.map(set => {
    const pods = s.store.list<Pod>('pods', namespace).filter(ownedBy(set.metadata.uid));
    return s.store.modify<ReplicaSet>('replicasets.apps', namespace, set.metadata.name, draft => {
      draft.status = replicaSetStatus(set, pods, undefined, s.clock.now(), at);
    }) as ReplicaSet;
  });
  s.store.modify<Deployment>('deployments.apps', namespace, name, draft => {
    draft.status = countedStatus(deployment, reported, reported.at(-1), at);
  });
}

/** What somebody changed of a Deployment later. Pods of a new template stay as they are: its rollout never completes. */
export interface LaterChange {
  /** The Deployment as it is since then. */
  to: Deployment;
  hoursAgo: number;
  manager: string;
}

/**
 * Stores a Deployment that was rolled out long ago, with its ReplicaSets and pods spread over the nodes. Its images
 * and commands decide whether it runs. With a later change of the template, the seed is the earlier revision, and the
 * new one has as many pods as the rollout strategy allows.
 */
export function putDeployment(
  s: Seeder,
  seed: WorkloadSeed,
  firstNode = 0,
  { change, uid }: { change?: LaterChange; uid?: string } = {},
): Deployment {
  const { hoursAgo, rolledHoursAgo = hoursAgo, manager = 'kubectl-client-side-apply' } = seed;
  const signed = manager !== null;
  const before = templateOf(seed);
  const object = { ...deploymentObject(seed), status: {} };
  const created = s.put<Deployment>('deployments.apps', object, { hoursAgo, manager, ...(uid && { uid }) });
  const isRolled = change !== undefined && !sameJson(change.to.spec.template, before);
  const deployment = change === undefined ? created : applyLaterChange(s, created, change, isRolled);
  const replicas = deployment.spec.replicas ?? 1;
  const gone = isRolled ? maxUnavailable(deployment) : 0;
  const first = putRevision(
    s,
    deployment,
    [],
    { template: before, replicas: replicas - gone, hoursAgo: rolledHoursAgo },
    firstNode,
    signed,
  );
  const sets = [first];
  if (isRolled) {
    const { template } = deployment.spec;
    const rolled = { template, replicas: maxSurge(deployment) + gone, hoursAgo: change.hoursAgo };
    sets.push(putRevision(s, deployment, [first], rolled, firstNode + replicas, signed));
  }
  const fresh = sets.at(-1) ?? first;
  const at = (hours: number) => timestamp(s.clock.now() - hours * HOUR);
  const rolledAt = at(Math.max(0, (isRolled ? change.hoursAgo : rolledHoursAgo) - 600 / 3600));
  const status = settledConditions(deployment, fresh, sets, at(rolledHoursAgo), rolledAt);
  return s.store.modify<Deployment>('deployments.apps', seed.namespace, seed.name, draft => {
    draft.status = status;
  }) as Deployment;
}

function applyLaterChange(s: Seeder, { metadata }: Deployment, change: LaterChange, isRolled: boolean): Deployment {
  const { to, hoursAgo, manager } = change;
  const write = { at: s.clock.now() - hoursAgo * HOUR, by: { manager } };
  return s.store.modify<Deployment>(
    'deployments.apps',
    metadata.namespace,
    metadata.name,
    draft => {
      const { labels, annotations } = to.metadata;
      draft.metadata = {
        ...draft.metadata,
        ...(labels && { labels }),
        annotations: { ...annotations, [REVISION]: isRolled ? '2' : '1' },
      };
      draft.spec = { ...draft.spec, template: to.spec.template, replicas: to.spec.replicas ?? 1 };
    },
    write,
  ) as Deployment;
}
