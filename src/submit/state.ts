import type { KubeObject } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { sanitise } from '../text/sanitise.ts';
import { SUBMISSION } from './names.ts';
import { type Condition, type PodState, podState } from './pod-state.ts';
import { type Result, readResult } from './result.ts';
import { ABOUT, type About } from './submission.ts';

/** The state of a submission at one moment. */
export interface SubmissionState {
  id: string;
  namespace: string;
  about?: About;
  results: Result[];
  pods: PodState[];
  /** `gone`: deleted, for example by its TTL. */
  work: 'Job' | 'CronJob' | 'gone';
  /** How the Job ended, with its reason. */
  ended?: { ok: boolean; says: string };
  suspended?: boolean;
  /** For a CronJob: how many of its Jobs are running. */
  active?: number;
  lastScheduled?: string;
  /** What could not be read, so nothing is known about it. */
  blind: string[];
}

/** Reads the state of one submission, or of all if no id is given; in all namespaces if none is given. */
export async function readSubmissions(
  api: Api,
  { id, namespace }: { id?: string; namespace?: string },
): Promise<{ ok: true; value: SubmissionState[] } | Failure> {
  const where = namespace === undefined ? {} : { namespace };
  const labelSelector = id === undefined ? SUBMISSION : `${SUBMISSION}=${id}`;
  const list = (apiVersion: string, kind: string) => api.listAll({ apiVersion, kind, ...where }, { labelSelector });
  const [maps, jobs, cronJobs, pods] = await Promise.all([
    list('v1', 'ConfigMap'),
    list('batch/v1', 'Job'),
    list('batch/v1', 'CronJob'),
    list('v1', 'Pod'),
  ]);
  if (!maps.ok) return maps;
  const blind = [
    ...(jobs.ok ? [] : [`jobs: ${jobs.message}`]),
    ...(cronJobs.ok ? [] : [`cronjobs: ${cronJobs.message}`]),
    ...(pods.ok ? [] : [`pods: ${pods.message}`]),
  ];
  const of = (objects: readonly KubeObject[], one: string, space: string) =>
    objects.filter(({ metadata }) => metadata.labels?.[SUBMISSION] === one && metadata.namespace === space);
  const found = new Map<string, { id: string; namespace: string }>();
  const works = [...(jobs.ok ? jobs.value.items : []), ...(cronJobs.ok ? cronJobs.value.items : [])];
  for (const { metadata } of [...maps.value.items, ...works]) {
    const own = { id: metadata.labels?.[SUBMISSION] ?? '', namespace: metadata.namespace ?? '' };
    found.set(`${own.namespace}/${own.id}`, own);
  }
  const value = [...found.values()].map(own =>
    stateOf(own, {
      maps: of(maps.value.items, own.id, own.namespace),
      jobs: jobs.ok ? of(jobs.value.items, own.id, own.namespace) : [],
      cronJobs: cronJobs.ok ? of(cronJobs.value.items, own.id, own.namespace) : [],
      pods: pods.ok ? of(pods.value.items, own.id, own.namespace) : [],
      blind,
      now: api.serverTime().now,
    }),
  );
  return { ok: true, value: value.sort((a, b) => a.id.localeCompare(b.id)) };
}

function stateOf(
  { id, namespace }: { id: string; namespace: string },
  {
    maps,
    jobs,
    cronJobs,
    pods,
    blind,
    now,
  }: {
    maps: KubeObject[];
    jobs: KubeObject[];
    cronJobs: KubeObject[];
    pods: KubeObject[];
    blind: string[];
    /** Server time, milliseconds since the epoch. */
    now: number;
  },
): SubmissionState {
  const root = maps.find(({ data }) => (data as Record<string, unknown> | undefined)?.[ABOUT] !== undefined);
  const about = root && aboutIn(root);
  const [cron] = cronJobs;
  const job = cron === undefined ? jobs[0] : undefined;
  const work = cron ?? job;
  const end = job && endOf(job);
  const status = (cron?.status ?? {}) as { active?: unknown[]; lastScheduleTime?: string };
  return {
    id: sanitise(id, 60),
    namespace,
    ...(about === undefined ? {} : { about }),
    results: maps
      .filter(map => map !== root)
      .map(readResult)
      .sort((a, b) => a.index - b.index),
    pods: pods.map(pod => podState(pod, now)).sort((a, b) => a.index - b.index || a.name.localeCompare(b.name)),
    work: cron !== undefined ? 'CronJob' : job !== undefined ? 'Job' : 'gone',
    ...(end === undefined ? {} : { ended: end }),
    ...((work?.spec as { suspend?: boolean } | undefined)?.suspend === true ? { suspended: true } : {}),
    ...(cron === undefined ? {} : { active: (status.active ?? []).length }),
    ...(status.lastScheduleTime === undefined ? {} : { lastScheduled: sanitise(status.lastScheduleTime, 40) }),
    blind,
  };
}

/** The description of a submission; undefined where it cannot be parsed, and then only the id is shown. */
function aboutIn({ data }: KubeObject): About | undefined {
  try {
    const about = JSON.parse(String((data as Record<string, unknown>)[ABOUT])) as About;
    return about.v === 1 && Array.isArray(about.queues) ? about : undefined;
  } catch {
    return undefined;
  }
}

function endOf({ status }: KubeObject): SubmissionState['ended'] {
  const { conditions = [] } = (status ?? {}) as { conditions?: Condition[] };
  const end = conditions.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  if (end === undefined) return undefined;
  return { ok: end.type === 'Complete', says: sanitise(`${end.reason ?? end.type}: ${end.message ?? ''}`, 300) };
}
