import { sameJson, timestamp } from '../../object.ts';
import { type Controller, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { controllerOf, isTerminating } from '../pods.ts';
import { MINUTE_MS } from './cron.ts';
import { type CronJob, deleteOldJobs, hasSucceeded, JOBS, startDue } from './cronjob-jobs.ts';
import { isOver, type Job } from './job-plan.ts';

const CRONJOBS = 'cronjobs.batch';

/**
 * The CronJob controller: starts Jobs when they are due, as the concurrency policy allows, and deletes old ones
 * beyond the history limits.
 */
export function cronJobController(parts: Parts): Controller {
  const { store, clock } = parts;

  const jobsOf = (cron: CronJob): Job[] =>
    store.list<Job>(JOBS, cron.metadata.namespace).filter(job => controllerOf(job)?.uid === cron.metadata.uid);

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
      deleteOldJobs(parts, cron, jobsOf(cron));
      const due = await startDue(parts, cron, jobsOf(cron));
      const jobs = jobsOf(cron);
      const status = statusOf(cron, jobs, due);
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

/** Which of its Jobs run, and when it last began and succeeded. */
function statusOf(cron: CronJob, jobs: readonly Job[], due: number | undefined): CronJob['status'] & object {
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
  return {
    ...(active.length > 0 && { active }),
    ...(lastScheduleTime !== undefined && { lastScheduleTime }),
    ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }),
  };
}
