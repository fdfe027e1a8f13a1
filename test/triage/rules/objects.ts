import type { Literal } from '../../support/view.ts';
import { ago } from './findings.ts';

/** A warning as the API server keeps it. */
export const warning = (
  kind: string,
  namespace: string,
  name: string,
  reason: string,
  message: string,
  minutes = 10,
): Literal => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.${reason}.${message.length}`, namespace, creationTimestamp: ago(minutes) },
  type: 'Warning',
  reason,
  message,
  count: 7,
  firstTimestamp: ago(minutes),
  lastTimestamp: ago(0.5),
  involvedObject: { kind, namespace, name },
});

interface PodTold {
  /** Fields over the pod's spec. */
  spec?: Record<string, unknown>;
  /** Fields over each container status, by container. */
  containers?: Record<string, Record<string, unknown>>;
  init?: Record<string, Record<string, unknown>>;
  status?: Record<string, unknown>;
  /** Whether it is ready; for how many minutes. */
  ready?: boolean;
  minutes?: number;
  labels?: Record<string, string>;
  metadata?: Record<string, unknown>;
}

const named = (value: unknown): { name: string; image: string }[] => (value ?? []) as never;

/** A pod of a ReplicaSet as a kubelet reports it; ready and an hour old unless told otherwise. */
export function pod(name: string, told: PodTold = {}): Literal {
  const { ready = told.containers === undefined && told.init === undefined, minutes = 60 } = told;
  const spec = {
    nodeName: 'node-1',
    restartPolicy: 'Always',
    containers: [{ name: 'web', image: 'ghcr.io/shop/web:1' }],
    ...told.spec,
  };
  const status = (one: { name: string; image: string }, more: Record<string, unknown> | undefined) => ({
    name: one.name,
    image: one.image,
    restartCount: 0,
    ready: more === undefined,
    started: true,
    state: { running: { startedAt: ago(minutes) } },
    ...more,
  });
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: ago(minutes),
      labels: { app: 'web', ...told.labels },
      ...told.metadata,
    },
    spec,
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(minutes) },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(minutes) },
      ],
      containerStatuses: named(spec.containers).map(one => status(one, told.containers?.[one.name])),
      initContainerStatuses: named((spec as Record<string, unknown>).initContainers).map(one =>
        status(one, told.init?.[one.name]),
      ),
      ...told.status,
    },
  };
}

/** A Deployment `web` of namespace `shop` with its ReplicaSet, which owns the given pods. */
export function deployment(pods: readonly Literal[], more: Record<string, unknown> = {}, name = 'web'): Literal[] {
  const owner = { kind: 'ReplicaSet', name: `${name}-5d9`, controller: true };
  return [
    {
      kind: 'Deployment',
      metadata: { name, namespace: 'shop', generation: 3, creationTimestamp: ago(600) },
      spec: { replicas: pods.length, selector: { matchLabels: { app: name } }, ...more },
      status: {},
    },
    {
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-5d9`,
        namespace: 'shop',
        creationTimestamp: ago(60),
        annotations: { 'deployment.kubernetes.io/revision': '2' },
        ownerReferences: [{ kind: 'Deployment', name, controller: true }],
      },
      spec: { replicas: pods.length, template: more.template },
      status: { replicas: pods.length },
    },
    ...pods.map(one => ({ ...one, metadata: { ...one.metadata, ownerReferences: [owner] } })),
  ];
}

/** The status of a pod that no node takes, with the words of the scheduler. */
export const unplaced = (message: string, minutes = 9) => ({
  phase: 'Pending',
  containerStatuses: [],
  conditions: [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(minutes) },
  ],
});
