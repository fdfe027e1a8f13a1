import { sameJson, timestamp } from '../../object.ts';
import { conditionOf } from '../conditions.ts';
import { type Controller, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, Pod, PodTemplate } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { isFinished, isTerminating } from '../pods.ts';
import type { Recorder } from '../recorder.ts';
import { podControl, podOwnerKeys } from '../workloads/pod-control.ts';
import { INDEX, indexOf, isOver, type Job, type PodEnd, planJob, type Verdict } from './job-plan.ts';
import { announcedOf, statusOf } from './job-status.ts';

const JOBS = 'jobs.batch';
const REPORTER = { component: 'job-controller', manager: 'kube-controller-manager' };
const FIRST_RETRY_MS = 10_000;

function recordVerdict(record: Recorder, job: Job, { type, reason, message }: Verdict): void {
  if (type === 'Complete')
    record(REPORTER, { about: job, type: 'Normal', reason: 'Completed', message: 'Job completed' });
  else record(REPORTER, { about: job, type: 'Warning', reason, message });
}

/** How every pod of a Job ended, by the pod's uid. Pods that no longer exist still count. */
function createLedger() {
  const known = new Map<string, Map<string, { index: number; end?: PodEnd }>>();
  return {
    endsOf({ metadata, spec }: Job, pods: readonly Pod[]): PodEnd[] {
      const own = known.get(metadata.uid) ?? new Map<string, { index: number; end?: PodEnd }>();
      known.set(metadata.uid, own);
      for (const pod of pods) {
        const index = indexOf(pod);
        // A terminating pod counts as failed at once, unless the pod replacement policy says to wait for its end.
        const isGivenUp = isTerminating(pod) && spec.podReplacementPolicy !== 'Failed' && !spec.suspend;
        const ended = isFinished(pod) || isGivenUp;
        const end = ended ? { index, ok: pod.status?.phase === 'Succeeded' } : own.get(pod.metadata.uid)?.end;
        own.set(pod.metadata.uid, { index, ...(end && { end }) });
      }
      const there = new Set(pods.map(pod => pod.metadata.uid));
      for (const [uid, one] of own) {
        if (one.end || there.has(uid)) continue;
        // A suspended Job deleted the pod itself.
        if (spec.suspend) own.delete(uid);
        else one.end = { index: one.index, ok: false };
      }
      return [...own.values()].flatMap(({ end }) => end ?? []);
    },
    forget: (uid: string) => void known.delete(uid),
  };
}

/** The pod template with the Job's labels, and with the completion index where the Job is Indexed. */
function templateOf(job: Job, index: number): PodTemplate {
  const { name, uid } = job.metadata;
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const { metadata, spec } = job.spec.template;
  if (index < 0) return { spec, metadata: { ...metadata, labels: { ...metadata?.labels, ...own } } };
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.annotations['${INDEX}']` };
  const numbered = <C extends { env?: unknown[] }>(container: C): C => ({
    ...container,
    env: [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }],
  });
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, ...own, [INDEX]: `${index}` },
      annotations: { ...metadata?.annotations, [INDEX]: `${index}` },
    },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: spec.containers.map(numbered),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(numbered) }),
    },
  };
}

const isReportedIn = (status: NonNullable<Job['status']>, { type }: Verdict): boolean =>
  status.conditions?.some(condition => condition.type === type) === true;

/**
 * The Job controller: creates pods until enough have succeeded, too many have failed, or the deadline has passed;
 * deletes finished Jobs after their TTL.
 */
export function jobController(parts: Parts): Controller {
  const { store, clock, owners, record } = parts;
  const pods = podControl(parts, 'job-controller', REPORTER);
  const ledger = createLedger();

  const create = async (job: Job, index: number) => {
    const named = index < 0 ? undefined : `${job.metadata.name}-${index}-${suffix(parts)}`;
    await pods.create(job, templateOf(job, index), named);
  };

  /** Creates and deletes pods. Returns the Job's verdict and how long its next pod has to wait. */
  const syncPods = async (job: Job, known: readonly Pod[], ends: readonly PodEnd[]) => {
    const plan = planJob(job, known, ends, clock.now());
    for (const pod of plan.remove) pods.remove(job, pod);
    const wait = plan.create.length > 0 ? waitFor(parts, job, known) : 0;
    if (wait === 0) for (const index of plan.create) await create(job, index);
    return { verdict: plan.verdict, wait };
  };

  return {
    name: 'job',
    watches: {
      [JOBS](event) {
        if (event.type === 'DELETED') ledger.forget(event.object.metadata.uid);
        return ownKey(event);
      },
      pods: event => podOwnerKeys(event.object as Obj, 'Job', () => []),
    },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const job = store.get<Job>(JOBS, namespace, name);
      if (!job || isTerminating(job)) return undefined;
      const known = owners.controlledPods(job.metadata.uid);
      const before = ledger.endsOf(job, known);
      if (isOver(job)) return expire(parts, job);
      const announced = announcedOf(job);
      const { verdict, wait } = announced ? { verdict: announced, wait: 0 } : await syncPods(job, known, before);
      const now = owners.controlledPods(job.metadata.uid);
      const status = statusOf(job, now, ledger.endsOf(job, now), verdict, timestamp(clock.now()));
      write(parts, job, status);
      if (verdict && isReportedIn(status, verdict)) recordVerdict(record, job, verdict);
      return earliest(wait > 0 ? wait : undefined, verdict ? undefined : deadlineIn(parts, { ...job, status }));
    },
  };
}

/** After a failure the next pod waits: 10 s, 20 s, 40 s … */
function waitFor({ clock }: Parts, job: Job, all: readonly Pod[]): number {
  const failed = all.filter(p => p.status?.phase === 'Failed');
  if (failed.length === 0 || job.spec.backoffLimitPerIndex !== undefined) return 0;
  const ends = failed.map(p =>
    Date.parse(p.status?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? job.metadata.creationTimestamp ?? ''),
  );
  return Math.max(0, Math.max(...ends) + FIRST_RETRY_MS * 2 ** (failed.length - 1) - clock.now());
}

const suffix = ({ random }: Parts) =>
  Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(random.next() * 27)]).join('');

/** Deletes a finished Job whose TTL has passed; otherwise returns the milliseconds until then. */
function expire({ store, clock }: Parts, job: Job): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  if (ttl === undefined) return undefined;
  const last = conditionOf(job.status?.conditions, 'Complete') ?? conditionOf(job.status?.conditions, 'Failed');
  const left = Date.parse(last?.lastTransitionTime ?? '') + ttl * 1000 - clock.now();
  if (left > 0) return left;
  const { namespace, name, uid } = job.metadata;
  store.delete(JOBS, namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid } });
  return undefined;
}

function write({ store }: Parts, job: Job, status: NonNullable<Job['status']>) {
  const change = (draft: Job) => {
    if (sameJson(draft.status, status)) return false;
    draft.status = status;
    return draft;
  };
  store.modify<Job>(JOBS, job.metadata.namespace, job.metadata.name, change, STATUS_BY_CONTROLLER);
}

function earliest(...waits: (number | undefined)[]): number | undefined {
  const known = waits.filter(one => one !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

const deadlineIn = ({ clock }: Parts, { spec, status }: Job): number | undefined =>
  spec.activeDeadlineSeconds === undefined || status?.startTime === undefined
    ? undefined
    : Math.max(1, Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - clock.now());
