import { sameJson, timestamp } from '../../object.ts';
import { StatusError } from '../../status.ts';
import { type Controller, ownKey, placeOfKey } from '../engine.ts';
import type { Obj } from '../kinds.ts';
import { CONTROLLER_GROUPS, controllerUser, type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { controllerOf, isTerminating } from '../pods.ts';
import { isDueBy, lastDue, MINUTE_MS } from './cron.ts';
import { isOver, type Job } from './job-plan.ts';

interface CronJob extends Obj {
  spec: {
    schedule: string;
    timeZone?: string;
    suspend?: boolean;
    concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
    startingDeadlineSeconds?: number;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
    jobTemplate: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec: Job['spec'];
    };
  };
  status?: {
    active?: { apiVersion: string; kind: string; name: string; namespace?: string; uid: string }[];
    lastScheduleTime?: string;
    lastSuccessfulTime?: string;
  };
}

const CRONJOBS = 'cronjobs.batch';
const JOBS = 'jobs.batch';
const REPORTER = { component: 'cronjob-controller', manager: 'kube-controller-manager' };

const hasSucceeded = (job: Job): boolean =>
  job.status?.conditions?.some(c => c.type === 'Complete' && c.status === 'True') === true;

/**
 * The CronJob controller: starts Jobs when they are due, as the concurrency policy allows, and deletes old ones
 * beyond the history limits.
 */
export function cronJobController(parts: Parts): Controller {
  const { store, clock, record } = parts;
  const client = parts.as(controllerUser('cronjob-controller'), CONTROLLER_GROUPS);

  const jobsOf = (cron: CronJob): Job[] =>
    store.list<Job>(JOBS, cron.metadata.namespace).filter(job => controllerOf(job)?.uid === cron.metadata.uid);

  const startJob = async (cron: CronJob, due: number): Promise<void> => {
    const { namespace = '', name, uid } = cron.metadata;
    const { metadata, spec } = cron.spec.jobTemplate;
    const ref = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true, blockOwnerDeletion: true };
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${name}-${due / MINUTE_MS}`,
        namespace,
        labels: { ...metadata?.labels },
        annotations: {
          ...metadata?.annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due),
        },
        ownerReferences: [ref],
      },
      spec: structuredClone(spec),
    };
    try {
      await client.create(JOBS, job as unknown as Obj, { manager: REPORTER.manager });
      record(REPORTER, {
        about: cron,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created job ${job.metadata.name}`,
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.body.reason === 'AlreadyExists') return;
      record(REPORTER, {
        about: cron,
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Error creating job: ${error.message}`,
      });
    }
  };

  const remove = ({ metadata: { namespace, name, uid } }: Job) =>
    void store.delete(JOBS, namespace, name, { propagationPolicy: 'Background', preconditions: { uid } });

  /** Deletes the oldest finished Jobs beyond the history limits. */
  const deleteOldJobs = (cron: CronJob, jobs: readonly Job[]) => {
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec;
    const over = jobs.filter(isOver).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
    const succeeded = over.filter(hasSucceeded);
    const failed = over.filter(job => !hasSucceeded(job));
    for (const [list, limit] of [
      [succeeded, successfulJobsHistoryLimit],
      [failed, failedJobsHistoryLimit],
    ] as const)
      for (const job of list.slice(0, Math.max(0, list.length - limit))) if (!isTerminating(job)) remove(job);
  };

  const decide = async (cron: CronJob, jobs: readonly Job[]): Promise<number | undefined> => {
    const { schedule, timeZone, suspend, concurrencyPolicy = 'Allow', startingDeadlineSeconds } = cron.spec;
    const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
    const due = suspend ? undefined : lastDue(isDueBy(schedule, timeZone), since, clock.now());
    if (due === undefined) return undefined;
    if (startingDeadlineSeconds !== undefined && clock.now() - due > startingDeadlineSeconds * 1000) return undefined;
    const running = jobs.filter(job => !isOver(job));
    if (running.length > 0 && concurrencyPolicy === 'Forbid') return undefined;
    if (concurrencyPolicy === 'Replace') for (const job of running) remove(job);
    await startJob(cron, due);
    return due;
  };

  return {
    name: 'cronjob',
    watches: {
      [CRONJOBS]: ownKey,
      [JOBS](event) {
        const owner = controllerOf(event.object as Obj);
        return owner?.kind === 'CronJob' ? [`${event.object.metadata.namespace}/${owner.name}`] : [];
      },
    },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const cron = store.get<CronJob>(CRONJOBS, namespace, name);
      if (!cron || isTerminating(cron)) return undefined;
      deleteOldJobs(cron, jobsOf(cron));
      const due = await decide(cron, jobsOf(cron));
      const jobs = jobsOf(cron);
      const ends = jobs
        .filter(hasSucceeded)
        .flatMap(job => job.status?.completionTime ?? [])
        .sort();
      const lastScheduleTime = due === undefined ? cron.status?.lastScheduleTime : timestamp(due);
      const lastSuccessfulTime = ends.at(-1) ?? cron.status?.lastSuccessfulTime;
      const active = jobs
        .filter(job => !isOver(job))
        .map(({ metadata: m }) => ({
          apiVersion: 'batch/v1',
          kind: 'Job',
          name: m.name,
          namespace: m.namespace ?? '',
          uid: m.uid,
        }));
      const status = {
        ...(active.length > 0 && { active }),
        ...(lastScheduleTime !== undefined && { lastScheduleTime }),
        ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }),
      };
      const change = (draft: CronJob) => {
        if (sameJson(draft.status ?? {}, status)) return false;
        draft.status = status;
        return draft;
      };
      store.modify<CronJob>(CRONJOBS, namespace, name, change, STATUS_BY_CONTROLLER);
      return MINUTE_MS - (clock.now() % MINUTE_MS);
    },
  };
}
