import { conditionOf } from '../conditions.ts';
import type { Condition, Pod } from '../kinds.ts';
import { isActive, isReady, isTerminating } from '../pods.ts';
import { failedIndexes, type Job, type JobStatus, type PodEnd, type Verdict } from './job-plan.ts';

/** The condition that comes first. The final one is set only when no pod of the Job is left. */
const ANNOUNCED = { Complete: 'SuccessCriteriaMet', Failed: 'FailureTarget' } as const;

/** The verdict that a Job has announced and not reached yet. */
export function announcedOf(job: Job): Verdict | undefined {
  for (const type of ['Complete', 'Failed'] as const) {
    const condition = conditionOf(job.status?.conditions, ANNOUNCED[type]);
    if (condition?.status !== 'True') continue;
    return { type, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

function conditionsFor(job: Job, { type, reason, message }: Verdict, isLast: boolean, at: string): Condition[] {
  const known = job.status?.conditions ?? [];
  const made = (name: string): Condition => ({
    type: name,
    status: 'True',
    lastProbeTime: at,
    lastTransitionTime: at,
    reason,
    message,
  });
  const wanted = [ANNOUNCED[type], ...(isLast ? [type] : [])];
  return [...known, ...wanted.filter(name => conditionOf(known, name) === undefined).map(made)];
}

/** The conditions with the Suspended condition set or cleared. */
function suspension(job: Job, at: string): Condition[] | undefined {
  const known = job.status?.conditions;
  const status = job.spec.suspend ? 'True' : 'False';
  const current = conditionOf(known, 'Suspended');
  if (current ? current.status === status : !job.spec.suspend) return known;
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

/** The status of a Job, from its present pods and from how all its earlier pods ended. */
export function statusOf(
  job: Job,
  pods: readonly Pod[],
  ends: readonly PodEnd[],
  verdict: Verdict | undefined,
  at: string,
): JobStatus {
  const active = pods.filter(isActive);
  const terminating = pods.filter(isTerminating).length;
  const counts = {
    active: active.length,
    succeeded: ends.filter(end => end.ok).length,
    failed: ends.filter(end => !end.ok).length,
  };
  const isLast = active.length + terminating === 0;
  const conditions = verdict ? conditionsFor(job, verdict, isLast, at) : suspension(job, at);
  const isIndexed = job.spec.completionMode === 'Indexed';
  return {
    ...(conditions && { conditions }),
    ...(!job.spec.suspend && { startTime: job.status?.startTime ?? at }),
    ...(conditionOf(conditions, 'Complete') && { completionTime: job.status?.completionTime ?? at }),
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    ...(isIndexed && { completedIndexes: ranges(ends.filter(end => end.ok).map(end => end.index)) }),
    ...(isIndexed &&
      job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: ranges(failedIndexes(job, ends)) }),
    terminating,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
}

/** `0-2,4`. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: [from: number, to: number][] = [];
  for (const n of sorted) {
    const last = parts.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
}
