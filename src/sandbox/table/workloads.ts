import { each, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import {
  age,
  containerCells,
  created,
  list,
  NONE,
  number,
  selectorText,
  spec,
  status,
  templateCells,
  text,
} from './cells.ts';
import { podCells } from './pod.ts';
import type { Cells } from './shape.ts';

const ready = (object: KubeObject): string =>
  `${number(status(object).readyReplicas)}/${number(spec(object).replicas)}`;

function jobStatus(job: KubeObject): string {
  const holds = (type: string) => each(status(job), 'conditions').some(c => c.type === type && c.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function jobDuration(job: KubeObject, now: number): string {
  const { startTime, completionTime } = status(job);
  if (typeof startTime !== 'string') return '';
  return age(startTime, typeof completionTime === 'string' ? Date.parse(completionTime) : now);
}

function completions(job: KubeObject): string {
  const { completions: wanted, parallelism } = spec(job);
  const done = number(status(job).succeeded);
  if (wanted !== undefined) return `${done}/${wanted}`;
  return number(parallelism) > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

const replicas: Cells = (o, now) => [
  o.metadata.name,
  number(spec(o).replicas),
  number(status(o).replicas),
  number(status(o).readyReplicas),
  created(o, now),
  ...templateCells(o),
  selectorText(spec(o).selector),
];

/** Rows of Pods and workloads. */
export const WORKLOAD_CELLS: Readonly<Record<string, Cells>> = {
  pods: podCells,
  'deployments.apps': (o, now) => [
    o.metadata.name,
    ready(o),
    number(status(o).updatedReplicas),
    number(status(o).availableReplicas),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ],
  'replicasets.apps': replicas,
  replicationcontrollers: replicas,
  'statefulsets.apps': (o, now) => [o.metadata.name, ready(o), created(o, now), ...templateCells(o)],
  'daemonsets.apps': (o, now) => [
    o.metadata.name,
    number(status(o).desiredNumberScheduled),
    number(status(o).currentNumberScheduled),
    number(status(o).numberReady),
    number(status(o).updatedNumberScheduled),
    number(status(o).numberAvailable),
    selectorText(part(o, 'spec', 'template', 'spec', 'nodeSelector')),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ],
  'jobs.batch': (o, now) => [
    o.metadata.name,
    jobStatus(o),
    completions(o),
    jobDuration(o, now),
    created(o, now),
    ...templateCells(o),
    selectorText(spec(o).selector),
  ],
  'cronjobs.batch': (o, now) => [
    o.metadata.name,
    text(spec(o).schedule, ''),
    text(spec(o).timeZone),
    spec(o).suspend === true ? 'True' : 'False',
    list(status(o).active).length,
    status(o).lastScheduleTime ? age(status(o).lastScheduleTime, now) : NONE,
    created(o, now),
    ...containerCells(part(o, 'spec', 'jobTemplate', 'spec', 'template', 'spec')),
    selectorText(part(o, 'spec', 'jobTemplate', 'spec', 'selector')),
  ],
  'controllerrevisions.apps': (o, now) => {
    const owner = (o.metadata.ownerReferences ?? []).find(ref => ref.controller);
    const [group = ''] = owner?.apiVersion.includes('/') ? owner.apiVersion.split('/') : [];
    const controller = owner ? `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}` : NONE;
    return [o.metadata.name, controller, number(o.revision), created(o, now)];
  },
  podtemplates: o => [
    o.metadata.name,
    ...containerCells(part(o, 'template', 'spec')),
    selectorText(part(o, 'template', 'metadata', 'labels')),
  ],
  'horizontalpodautoscalers.autoscaling': (o, now) => {
    const target = part(o, 'spec', 'scaleTargetRef');
    return [
      o.metadata.name,
      `${target?.kind}/${target?.name}`,
      each(spec(o), 'metrics').length > 0 ? each(spec(o), 'metrics').map(metricTarget).join(', ') : NONE,
      text(spec(o).minReplicas, '<unset>'),
      number(spec(o).maxReplicas),
      number(status(o).currentReplicas),
      created(o, now),
    ];
  },
};

function metricTarget(metric: Record<string, unknown>): string {
  const resource = part(metric, 'resource');
  const target = part(resource, 'target');
  const wanted =
    target?.averageUtilization === undefined ? text(target?.averageValue, '<auto>') : `${target.averageUtilization}%`;
  return `${resource?.name ?? metric.type}: <unknown>/${wanted}`;
}
