import { timestamp } from '../../object.ts';
import { StatusError } from '../../status.ts';
import type { Obj } from '../kinds.ts';
import { CONTROLLER_GROUPS, controllerUser, type Parts } from '../parts.ts';
import { isTerminating } from '../pods.ts';
import { isDueBy, lastDue, MINUTE_MS } from './cron.ts';
import { isOver, type Job } from './job-plan.ts';

export interface CronJob extends Obj {
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

export const JOBS = 'jobs.batch';
const REPORTER = { component: 'cronjob-controller', manager: 'kube-controller-manager' };

export const hasSucceeded = (job: Job): boolean =>
  job.status?.conditions?.some(c => c.type === 'Complete' && c.status === 'True') === true;

/** Starts the Job of the time that is due. */
async function startJob(parts: Parts, cron: CronJob, due: number): Promise<void> {
  const { record } = parts;
  const client = parts.as(controllerUser('cronjob-controller'), CONTROLLER_GROUPS);
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
}

const remove = ({ store }: Parts, { metadata: { namespace, name, uid } }: Job) =>
  void store.delete(JOBS, namespace, name, { propagationPolicy: 'Background', preconditions: { uid } });

/** Deletes the oldest finished Jobs beyond the history limits. */
export function deleteOldJobs(parts: Parts, cron: CronJob, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec;
  const over = jobs.filter(isOver).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  const succeeded = over.filter(hasSucceeded);
  const failed = over.filter(job => !hasSucceeded(job));
  for (const [list, limit] of [
    [succeeded, successfulJobsHistoryLimit],
    [failed, failedJobsHistoryLimit],
  ] as const)
    for (const job of list.slice(0, Math.max(0, list.length - limit))) if (!isTerminating(job)) remove(parts, job);
}

/** Starts a Job if one is due and the concurrency policy allows it. Returns the time at which it was due, milliseconds. */
export async function startDue(parts: Parts, cron: CronJob, jobs: readonly Job[]): Promise<number | undefined> {
  const { clock } = parts;
  const { schedule, timeZone, suspend, concurrencyPolicy = 'Allow', startingDeadlineSeconds } = cron.spec;
  const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
  const due = suspend ? undefined : lastDue(isDueBy(schedule, timeZone), since, clock.now());
  if (due === undefined) return undefined;
  if (startingDeadlineSeconds !== undefined && clock.now() - due > startingDeadlineSeconds * 1000) return undefined;
  const running = jobs.filter(job => !isOver(job));
  if (running.length > 0 && concurrencyPolicy === 'Forbid') return undefined;
  if (concurrencyPolicy === 'Replace') for (const job of running) remove(parts, job);
  await startJob(parts, cron, due);
  return due;
}
