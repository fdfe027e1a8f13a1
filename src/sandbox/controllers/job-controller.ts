import { sameJson, timestamp } from '../object.ts';
import { conditionOf } from './conditions.ts';
import { type Controller, itself, placeOfKey } from './engine.ts';
import type { Condition, Obj, Pod, PodTemplate } from './kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from './parts.ts';
import { podControl, podOwnerKeys } from './pod-control.ts';
import { isActive, isReady, isTerminating } from './pods.ts';
import type { Recorder } from './recorder.ts';

interface Job extends Obj {
  spec: {
    parallelism?: number;
    completions?: number;
    backoffLimit?: number;
    suspend?: boolean;
    template: PodTemplate;
    ttlSecondsAfterFinished?: number;
  };
  status?: JobStatus;
}

interface JobStatus {
  active?: number;
  ready?: number;
  succeeded?: number;
  failed?: number;
  terminating?: number;
  startTime?: string;
  completionTime?: string;
  conditions?: Condition[];
  uncountedTerminatedPods?: Record<string, never>;
}

const JOBS = 'jobs.batch';
const SPEAKER = { component: 'job-controller', manager: 'kube-controller-manager' };
const FIRST_RETRY_MS = 10_000;

interface JobPlan {
  create: number;
  remove: Pod[];
  verdict?: 'Complete' | 'Failed';
}

/** How many pods a Job still needs, or that it is over. */
function planJob(job: Job, pods: readonly Pod[]): JobPlan {
  const { parallelism = 1, completions = parallelism, backoffLimit = 6, suspend } = job.spec;
  const active = pods.filter(isActive);
  if (job.status?.conditions?.some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True'))
    return { create: 0, remove: [] };
  if (suspend) return { create: 0, remove: active };
  const succeeded = pods.filter(p => p.status?.phase === 'Succeeded').length;
  const failed = pods.filter(p => p.status?.phase === 'Failed').length;
  const restarts = active.reduce((n, p) => n + (p.status?.containerStatuses?.[0]?.restartCount ?? 0), 0);
  if (failed + restarts > backoffLimit) return { create: 0, remove: active, verdict: 'Failed' };
  if (succeeded >= completions) return { create: 0, remove: active, verdict: 'Complete' };
  const wanted = Math.min(parallelism, completions - succeeded);
  return { create: Math.max(0, wanted - active.length), remove: active.slice(wanted) };
}

function conditionsFor(verdict: 'Complete' | 'Failed', at: string): Condition[] {
  const times = { lastProbeTime: at, lastTransitionTime: at };
  if (verdict === 'Complete') {
    const text = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
    return [
      { type: 'SuccessCriteriaMet', status: 'True', ...times, ...text },
      { type: 'Complete', status: 'True', ...times, ...text },
    ];
  }
  const text = { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  return [
    { type: 'FailureTarget', status: 'True', ...times, ...text },
    { type: 'Failed', status: 'True', ...times, ...text },
  ];
}

/** The conditions with what is to be said of a suspension: that it is, or that it was. */
function suspension(job: Job, at: string): Condition[] | undefined {
  const known = job.status?.conditions;
  const status = job.spec.suspend ? 'True' : 'False';
  const said = conditionOf(known, 'Suspended');
  if (said ? said.status === status : !job.spec.suspend) return known;
  const verb = job.spec.suspend ? 'suspended' : 'resumed';
  const condition: Condition = {
    type: 'Suspended',
    status,
    lastProbeTime: at,
    lastTransitionTime: at,
    reason: job.spec.suspend ? 'JobSuspended' : 'JobResumed',
    message: `Job ${verb}`,
  };
  return [...(known ?? []).filter(c => c.type !== 'Suspended'), condition];
}

function statusOf(job: Job, pods: readonly Pod[], plan: JobPlan, at: string): JobStatus {
  const active = pods.filter(isActive);
  const counts = {
    active: active.length,
    succeeded: pods.filter(p => p.status?.phase === 'Succeeded').length,
    failed: pods.filter(p => p.status?.phase === 'Failed').length,
  };
  const conditions = plan.verdict ? conditionsFor(plan.verdict, at) : suspension(job, at);
  const over = conditionOf(conditions, 'Complete');
  return {
    ...(conditions && { conditions }),
    ...(!job.spec.suspend && { startTime: job.status?.startTime ?? at }),
    ...(over && { completionTime: job.status?.completionTime ?? at }),
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    terminating: pods.filter(isTerminating).length,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
}

function tellVerdict(record: Recorder, job: Job, verdict: 'Complete' | 'Failed'): void {
  if (verdict === 'Complete')
    record(SPEAKER, { about: job, type: 'Normal', reason: 'Completed', message: 'Job completed' });
  else {
    const message = 'Job has reached the specified backoff limit';
    record(SPEAKER, { about: job, type: 'Warning', reason: 'BackoffLimitExceeded', message });
  }
}

/** Keeps Jobs: pods until enough have succeeded, or too many failed. */
export function jobController(parts: Parts): Controller {
  const { store, clock, owners, record } = parts;
  const pods = podControl(parts, 'job-controller', SPEAKER);

  const template = (job: Job): PodTemplate => {
    const { name, uid } = job.metadata;
    const own = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    const { metadata } = job.spec.template;
    return { ...job.spec.template, metadata: { ...metadata, labels: { ...metadata?.labels, ...own } } };
  };

  /** After a failure the next pod waits: 10 s, 20 s, 40 s … */
  const waitFor = (job: Job, all: readonly Pod[]): number => {
    const failed = all.filter(p => p.status?.phase === 'Failed');
    if (failed.length === 0) return 0;
    const ends = failed.map(p =>
      Date.parse(
        p.status?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? job.metadata.creationTimestamp ?? '',
      ),
    );
    return Math.max(0, Math.max(...ends) + FIRST_RETRY_MS * 2 ** (failed.length - 1) - clock.now());
  };

  return {
    name: 'job',
    watches: { [JOBS]: itself, pods: event => podOwnerKeys(event.object as Obj, 'Job', () => []) },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const job = store.get<Job>(JOBS, namespace, name);
      if (!job || isTerminating(job)) return undefined;
      const known = owners.controlledPods(job.metadata.uid);
      const plan = planJob(job, known);
      for (const pod of plan.remove) pods.remove(job, pod);
      const wait = plan.create > 0 ? waitFor(job, known) : 0;
      if (wait === 0) for (let i = 0; i < plan.create; i++) await pods.create(job, template(job));
      if (plan.verdict) tellVerdict(record, job, plan.verdict);
      const status = statusOf(job, owners.controlledPods(job.metadata.uid), plan, timestamp(clock.now()));
      const change = (draft: Job) => {
        if (sameJson(draft.status, status)) return false;
        draft.status = status;
        return draft;
      };
      store.modify<Job>(JOBS, namespace, name, change, STATUS_BY_CONTROLLER);
      return wait > 0 ? wait : undefined;
    },
  };
}
