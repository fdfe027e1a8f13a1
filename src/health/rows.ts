import { type Fields, fields, list, number } from '../k8s/fields.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { Marker } from './marker.ts';

/** An object as the view keeps it, or as the cluster sends it. */
export interface Seen {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { kind: string; name: string; controller?: boolean }[];
  };
  readonly marker?: Marker;
  readonly [field: string]: unknown;
}

/** What every row has. `marker` is there when the object carries an injection. */
export interface Row {
  uid: string;
  namespace?: Clean;
  name: Clean;
  /** Milliseconds since the epoch, from the cluster. */
  created: number;
  marker?: Marker;
}

export interface PodRow extends Row {
  phase: Clean;
  ready: number;
  total: number;
  /** What `kubectl get pods` prints as STATUS. */
  reason: Clean;
  /** When its deletion was requested; otherwise when the Ready condition last changed, or its creation. */
  since: number;
  restarts: number;
  node: Clean;
  owner: Clean;
  terminating: boolean;
  /** Ready, or finished successfully. */
  fine: boolean;
}

export interface NodeRow extends Row {
  ready: boolean;
  reason: Clean;
  since: number;
  pressures: { type: Clean; since: number }[];
}

export interface DeploymentRow extends Row {
  wanted: number;
  available: number;
  /** Empty when nothing is wrong. */
  reason: string;
  since: number;
}

export interface ServiceRow extends Row {
  ports: { port: number; name: string }[];
  /** Whether the service has a selector; without one, somebody else writes its endpoints. */
  selects: boolean;
  external: boolean;
}

export interface SliceRow extends Row {
  service: Clean;
  ready: number;
  total: number;
  /** The last change of the endpoints, if the controller recorded it. */
  changedAt?: number;
}

interface HookRow {
  name: Clean;
  fails: 'Fail' | 'Ignore';
  service?: { namespace: string; name: string; port: number };
}

export interface WebhookRow extends Row {
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  hooks: HookRow[];
}

export interface CrdRow extends Row {
  established: boolean;
  reason: string;
  since: number;
}

export interface LeaseRow extends Row {
  holder: Clean;
  renewed: number;
  durationMs: number;
  /** Since when the holder has it, milliseconds since the epoch. */
  acquired: number;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** The value as text that is safe to print. */
const text = (value: unknown, otherwise = ''): Clean => sanitise(typeof value === 'string' ? value : otherwise);
/** An RFC 3339 time in milliseconds since the epoch. */
const time = (value: unknown, otherwise: number): number =>
  typeof value === 'string' ? Date.parse(value) || otherwise : otherwise;
const conditions = (object: Seen): Condition[] => list(fields(object.status).conditions) as unknown as Condition[];
const condition = (object: Seen, type: string): Condition | undefined =>
  conditions(object).find(one => one.type === type);

function base(object: Seen): Row {
  const { metadata, marker } = object;
  return {
    uid: metadata.uid ?? `${object.kind}/${metadata.namespace ?? ''}/${metadata.name}`,
    name: sanitise(metadata.name),
    created: time(metadata.creationTimestamp, 0),
    ...(metadata.namespace !== undefined && { namespace: sanitise(metadata.namespace) }),
    ...(marker && { marker }),
  };
}

/** The row of a Pod. */
export function podRow(object: Seen): PodRow {
  const row = base(object);
  const status = fields(object.status);
  const statuses = list(status.containerStatuses);
  const ready = condition(object, 'Ready');
  const phase = text(status.phase, 'Unknown');
  const owner = object.metadata.ownerReferences?.find(one => one.controller) ?? object.metadata.ownerReferences?.[0];
  const terminating = object.metadata.deletionTimestamp !== undefined;
  const done = phase === 'Succeeded';
  return {
    ...row,
    phase,
    ready: statuses.filter(one => one.ready === true).length,
    total: statuses.length || list(fields(object.spec).containers).length,
    reason: terminating ? ('Terminating' as Clean) : podReason(status, statuses, phase),
    since: deletionRequestedAt(object) ?? time(ready?.lastTransitionTime, row.created),
    restarts: statuses.reduce((sum, one) => sum + number(one.restartCount), 0),
    node: text(fields(object.spec).nodeName),
    owner: owner ? sanitise(`${owner.kind}/${owner.name}`) : ('' as Clean),
    terminating,
    fine: done || (phase === 'Running' && ready?.status === 'True'),
  };
}

/** `deletionTimestamp` is when the grace period ends: the deletion was requested that much earlier. */
function deletionRequestedAt({ metadata }: Seen): number | undefined {
  const ends = time(metadata.deletionTimestamp, 0);
  return ends === 0 ? undefined : ends - number(fields(metadata).deletionGracePeriodSeconds) * 1000;
}

function podReason(status: Fields, statuses: readonly Fields[], phase: Clean): Clean {
  const all = [...list(status.initContainerStatuses), ...statuses];
  for (const one of all) {
    const state = fields(one.state);
    const waiting = text(fields(state.waiting).reason);
    if (waiting && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating') return waiting;
  }
  const ended = statuses
    .map(one => text(fields(fields(one.state).terminated).reason))
    .find(reason => reason && reason !== 'Completed');
  if (ended) return ended;
  const own = text(status.reason);
  if (own) return own;
  if (phase === 'Pending' && conditionIn(status, 'PodScheduled')?.status === 'False')
    return text(conditionIn(status, 'PodScheduled')?.reason, 'Unschedulable');
  if (phase === 'Running' && conditionIn(status, 'Ready')?.status !== 'True') return 'NotReady' as Clean;
  return phase;
}

const conditionIn = (status: Fields, type: string): Condition | undefined =>
  (list(status.conditions) as unknown as Condition[]).find(one => one.type === type);

/** The row of a Node, with the pressures that its kubelet reports. */
export function nodeRow(object: Seen): NodeRow {
  const row = base(object);
  const ready = condition(object, 'Ready');
  return {
    ...row,
    ready: ready?.status === 'True',
    reason: text(ready?.reason, 'NoStatus'),
    since: time(ready?.lastTransitionTime, row.created),
    pressures: conditions(object)
      .filter(one => one.type.endsWith('Pressure') && one.status === 'True')
      .map(one => ({ type: sanitise(one.type), since: time(one.lastTransitionTime, row.created) })),
  };
}

/** The row of a Deployment; its reason says that replicas are missing, or that a rollout is stuck. */
export function deploymentRow(object: Seen): DeploymentRow {
  const row = base(object);
  const wanted = number(fields(object.spec).replicas, 1);
  const available = number(fields(object.status).availableReplicas);
  const availability = condition(object, 'Available');
  const progress = condition(object, 'Progressing');
  const isDown = availability?.status === 'False' && wanted > 0;
  const isStuck = progress?.status === 'False';
  const cause = isDown ? availability : isStuck ? progress : undefined;
  return {
    ...row,
    wanted,
    available,
    reason: isDown
      ? `${available} of ${wanted} available`
      : isStuck
        ? sanitise(progress?.reason ?? 'rollout stuck')
        : '',
    since: time(cause?.lastTransitionTime, row.created),
  };
}

/** The row of a Service. */
export function serviceRow(object: Seen): ServiceRow {
  const spec = fields(object.spec);
  return {
    ...base(object),
    ports: list(spec.ports).map(one => ({ port: number(one.port), name: text(one.name) })),
    selects: Object.keys(fields(spec.selector)).length > 0,
    external: spec.type === 'ExternalName',
  };
}

/** An endpoint without `conditions.ready` counts as ready, as it does for the cluster's own proxies. */
export function sliceRow(object: Seen): SliceRow {
  const endpoints = list(object.endpoints);
  const changed = Date.parse(object.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'] ?? '');
  return {
    ...base(object),
    service: text(object.metadata.labels?.['kubernetes.io/service-name']),
    ready: endpoints.filter(one => fields(one.conditions).ready !== false).length,
    total: endpoints.length,
    ...(Number.isFinite(changed) && { changedAt: changed }),
  };
}

/** The row of a webhook configuration, with its webhooks. */
export function webhookRow(object: Seen): WebhookRow {
  return {
    ...base(object),
    kind: object.kind as WebhookRow['kind'],
    hooks: list(object.webhooks).map(hook => {
      const service = fields(fields(hook.clientConfig).service);
      const name = service.name;
      return {
        name: text(hook.name),
        fails: hook.failurePolicy === 'Ignore' ? 'Ignore' : 'Fail',
        ...(typeof name === 'string' && {
          service: { namespace: text(service.namespace), name: text(name), port: number(service.port, 443) },
        }),
      };
    }),
  };
}

/** The row of a CustomResourceDefinition. One that is being deleted does not count as established. */
export function crdRow(object: Seen): CrdRow {
  const row = base(object);
  const established = condition(object, 'Established');
  const terminating = object.metadata.deletionTimestamp;
  const names = condition(object, 'NamesAccepted');
  const isUp = established?.status === 'True' && terminating === undefined;
  return {
    ...row,
    established: isUp,
    reason: isUp
      ? ''
      : terminating !== undefined
        ? 'Terminating'
        : names?.status === 'False'
          ? 'names conflict'
          : 'not established',
    since: time(terminating ?? established?.lastTransitionTime, row.created),
  };
}

/** The row of a Lease. Times are milliseconds since the epoch. */
export function leaseRow(object: Seen): LeaseRow {
  const spec = fields(object.spec);
  const row = base(object);
  return {
    ...row,
    holder: text(spec.holderIdentity),
    renewed: time(spec.renewTime, row.created),
    durationMs: number(spec.leaseDurationSeconds) * 1000,
    acquired: time(spec.acquireTime, row.created),
  };
}
