import type { Condition, Obj, Pod, PodTemplate } from '../kinds.ts';
import { isActive, isFinished, isTerminating } from '../pods.ts';

export interface Job extends Obj {
  spec: {
    completionMode?: 'NonIndexed' | 'Indexed';
    parallelism?: number;
    completions?: number;
    backoffLimit?: number;
    backoffLimitPerIndex?: number;
    maxFailedIndexes?: number;
    podReplacementPolicy?: 'Failed' | 'TerminatingOrFailed';
    activeDeadlineSeconds?: number;
    suspend?: boolean;
    template: PodTemplate;
    ttlSecondsAfterFinished?: number;
  };
  status?: JobStatus;
}

export interface JobStatus {
  active?: number;
  ready?: number;
  succeeded?: number;
  failed?: number;
  terminating?: number;
  completedIndexes?: string;
  failedIndexes?: string;
  startTime?: string;
  completionTime?: string;
  conditions?: Condition[];
  uncountedTerminatedPods?: Record<string, never>;
}

/** How a pod of a Job ended. It is kept after the pod is gone; a pod that was deleted while running has failed. */
export interface PodEnd {
  index: number;
  ok: boolean;
}

/** Why a Job has finished, worded as the real controller words it. */
export interface Verdict {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

export interface JobPlan {
  /** Indexes of the pods to create; -1 for pods without an index. */
  create: number[];
  remove: Pod[];
  verdict?: Verdict;
}

export const INDEX = 'batch.kubernetes.io/job-completion-index';

export const indexOf = (pod: Obj): number => Number(pod.metadata.annotations?.[INDEX] ?? -1);

const COMPLETE: Verdict = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
const BACKOFF: Verdict = {
  type: 'Failed',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
const INDEXES: Verdict = { type: 'Failed', reason: 'FailedIndexes', message: 'Job has failed indexes' };
const DEADLINE: Verdict = {
  type: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};

/** Whether a Job has finished: it has a Complete or Failed condition. */
export const isOver = (job: Job): boolean =>
  job.status?.conditions?.some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True') === true;

/** Which pods a Job still needs, or that it has finished. `ends` says how all its pods ended so far. */
export function planJob(job: Job, pods: readonly Pod[], ends: readonly PodEnd[], now: number): JobPlan {
  const { suspend } = job.spec;
  const active = pods.filter(isActive);
  if (isOver(job)) return { create: [], remove: [] };
  if (suspend) return { create: [], remove: active };
  const verdict = verdictOf(job, active, ends, now);
  if (verdict) return { create: [], remove: active, verdict };
  return job.spec.completionMode === 'Indexed' ? planIndexed(job, pods, ends) : planPlain(job, pods, ends);
}

function verdictOf(job: Job, active: readonly Pod[], ends: readonly PodEnd[], now: number): Verdict | undefined {
  const { parallelism = 1, completions = parallelism, backoffLimit, backoffLimitPerIndex } = job.spec;
  const { activeDeadlineSeconds } = job.spec;
  const since = Date.parse(job.status?.startTime ?? '');
  if (activeDeadlineSeconds !== undefined && now >= since + activeDeadlineSeconds * 1000) return DEADLINE;
  const succeeded = ends.filter(end => end.ok);
  const failed = ends.length - succeeded.length;
  const restarts = active.reduce((n, p) => n + (p.status?.containerStatuses?.[0]?.restartCount ?? 0), 0);
  const isPerIndex = backoffLimitPerIndex !== undefined;
  if (failed + restarts > (backoffLimit ?? (isPerIndex ? Number.MAX_SAFE_INTEGER : 6))) return BACKOFF;
  if (job.spec.completionMode !== 'Indexed') return succeeded.length >= completions ? COMPLETE : undefined;
  const done = new Set(succeeded.map(end => end.index));
  if (done.size >= completions) return COMPLETE;
  const given = failedIndexes(job, ends);
  if (given.length > (job.spec.maxFailedIndexes ?? Number.MAX_SAFE_INTEGER))
    return {
      ...INDEXES,
      reason: 'MaxFailedIndexesExceeded',
      message: 'Job has exceeded the specified maximal number of failed indexes',
    };
  return given.length > 0 && done.size + given.length >= completions ? INDEXES : undefined;
}

/** Indexes that have failed: they exceeded the backoff limit per index. */
export function failedIndexes({ spec }: Job, ends: readonly PodEnd[]): number[] {
  if (spec.backoffLimitPerIndex === undefined) return [];
  const counts = new Map<number, number>();
  for (const { index, ok } of ends) if (!ok) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts].flatMap(([index, n]) => (n > (spec.backoffLimitPerIndex ?? 0) ? [index] : []));
}

function planPlain(job: Job, pods: readonly Pod[], ends: readonly PodEnd[]): JobPlan {
  const { parallelism = 1, completions = parallelism } = job.spec;
  const active = pods.filter(isActive);
  const wanted = Math.min(parallelism, completions - ends.filter(end => end.ok).length);
  const missing = Math.max(0, wanted - active.length - blockingPods(job, pods).length);
  return { create: Array.from({ length: missing }, () => -1), remove: active.slice(wanted) };
}

/** Each index has one pod at a time; the lowest missing indexes come first. */
function planIndexed(job: Job, pods: readonly Pod[], ends: readonly PodEnd[]): JobPlan {
  const { parallelism = 1, completions = 1 } = job.spec;
  const active = pods.filter(isActive);
  const taken = new Set([
    ...active.map(indexOf),
    ...blockingPods(job, pods).map(indexOf),
    ...ends.filter(end => end.ok).map(end => end.index),
    ...failedIndexes(job, ends),
  ]);
  const missingIndexes = Array.from({ length: completions }, (_, index) => index).filter(index => !taken.has(index));
  const room = parallelism - active.length - blockingPods(job, pods).length;
  return { create: missingIndexes.slice(0, Math.max(0, room)), remove: active.slice(parallelism) };
}

/** Terminating pods that are replaced only after they have ended. */
const blockingPods = ({ spec }: Job, pods: readonly Pod[]): Pod[] =>
  spec.podReplacementPolicy === 'Failed' ? pods.filter(pod => isTerminating(pod) && !isFinished(pod)) : [];
