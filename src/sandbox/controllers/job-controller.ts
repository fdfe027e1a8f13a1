import { sameJson, timestamp } from '../object.ts';
import { conditionOf } from './conditions.ts';
import { type Controller, itself, placeOfKey } from './engine.ts';
import { INDEX, indexOf, isOver, type Job, type PodEnd, planJob, type Verdict } from './job-plan.ts';
import { announcedOf, statusOf } from './job-status.ts';
import type { Obj, Pod, PodTemplate } from './kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from './parts.ts';
import { podControl, podOwnerKeys } from './pod-control.ts';
import { isFinished, isTerminating } from './pods.ts';
import type { Recorder } from './recorder.ts';

const JOBS = 'jobs.batch';
const SPEAKER = { component: 'job-controller', manager: 'kube-controller-manager' };
const FIRST_RETRY_MS = 10_000;

function tellVerdict(record: Recorder, job: Job, { type, reason, message }: Verdict): void {
  if (type === 'Complete')
    record(SPEAKER, { about: job, type: 'Normal', reason: 'Completed', message: 'Job completed' });
  else record(SPEAKER, { about: job, type: 'Warning', reason, message });
}

/** What became of every pod that a Job had, by the pod's uid: a pod that is gone counts on. */
function createLedger() {
  const known = new Map<string, Map<string, { index: number; end?: PodEnd }>>();
  return {
    endsOf({ metadata, spec }: Job, pods: readonly Pod[]): PodEnd[] {
      const own = known.get(metadata.uid) ?? new Map<string, { index: number; end?: PodEnd }>();
      known.set(metadata.uid, own);
      for (const pod of pods) {
        const index = indexOf(pod);
        // One on its way out counts as failed at once, unless its end is to be waited for.
        const isGivenUp = isTerminating(pod) && spec.podReplacementPolicy !== 'Failed' && !spec.suspend;
        const ended = isFinished(pod) || isGivenUp;
        const end = ended ? { index, ok: pod.status?.phase === 'Succeeded' } : own.get(pod.metadata.uid)?.end;
        own.set(pod.metadata.uid, { index, ...(end && { end }) });
      }
      const there = new Set(pods.map(pod => pod.metadata.uid));
      for (const [uid, one] of own) {
        if (one.end || there.has(uid)) continue;
        // A suspended Job took it away itself.
        if (spec.suspend) own.delete(uid);
        else one.end = { index: one.index, ok: false };
      }
      return [...own.values()].flatMap(({ end }) => end ?? []);
    },
    forget: (uid: string) => void known.delete(uid),
  };
}

/** The template as a pod of this Job has it: with the Job's labels, and its number where it has one. */
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

const isToldIn = (status: NonNullable<Job['status']>, { type }: Verdict): boolean =>
  status.conditions?.some(condition => condition.type === type) === true;

/** Keeps Jobs: pods until enough have succeeded, too many failed or the time is over; deletes those whose time after that is over. */
export function jobController(parts: Parts): Controller {
  const { store, clock, owners, record, random } = parts;
  const pods = podControl(parts, 'job-controller', SPEAKER);
  const ledger = createLedger();

  /** After a failure the next pod waits: 10 s, 20 s, 40 s … */
  const waitFor = (job: Job, all: readonly Pod[]): number => {
    const failed = all.filter(p => p.status?.phase === 'Failed');
    if (failed.length === 0 || job.spec.backoffLimitPerIndex !== undefined) return 0;
    const ends = failed.map(p =>
      Date.parse(
        p.status?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? job.metadata.creationTimestamp ?? '',
      ),
    );
    return Math.max(0, Math.max(...ends) + FIRST_RETRY_MS * 2 ** (failed.length - 1) - clock.now());
  };

  const create = async (job: Job, index: number) => {
    const named = index < 0 ? undefined : `${job.metadata.name}-${index}-${suffix()}`;
    await pods.create(job, templateOf(job, index), named);
  };
  const suffix = () =>
    Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(random.next() * 27)]).join('');

  /** Makes and takes away pods; says what the Job comes to, and how long its next pod has to wait. */
  const steer = async (job: Job, known: readonly Pod[], ends: readonly PodEnd[]) => {
    const plan = planJob(job, known, ends, clock.now());
    for (const pod of plan.remove) pods.remove(job, pod);
    const wait = plan.create.length > 0 ? waitFor(job, known) : 0;
    if (wait === 0) for (const index of plan.create) await create(job, index);
    return { verdict: plan.verdict, wait };
  };

  /** Deletes a Job whose time after its end is over; the milliseconds until then otherwise. */
  const expire = (job: Job): number | undefined => {
    const { ttlSecondsAfterFinished: ttl } = job.spec;
    if (ttl === undefined) return undefined;
    const last = conditionOf(job.status?.conditions, 'Complete') ?? conditionOf(job.status?.conditions, 'Failed');
    const left = Date.parse(last?.lastTransitionTime ?? '') + ttl * 1000 - clock.now();
    if (left > 0) return left;
    const { namespace, name, uid } = job.metadata;
    store.delete(JOBS, namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid } });
    return undefined;
  };

  const write = (job: Job, status: NonNullable<Job['status']>) => {
    const change = (draft: Job) => {
      if (sameJson(draft.status, status)) return false;
      draft.status = status;
      return draft;
    };
    store.modify<Job>(JOBS, job.metadata.namespace, job.metadata.name, change, STATUS_BY_CONTROLLER);
  };

  const sooner = (...waits: (number | undefined)[]): number | undefined => {
    const known = waits.filter(one => one !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  };

  const deadlineIn = ({ spec, status }: Job): number | undefined =>
    spec.activeDeadlineSeconds === undefined || status?.startTime === undefined
      ? undefined
      : Math.max(1, Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - clock.now());

  return {
    name: 'job',
    watches: {
      [JOBS](event) {
        if (event.type === 'DELETED') ledger.forget(event.object.metadata.uid);
        return itself(event);
      },
      pods: event => podOwnerKeys(event.object as Obj, 'Job', () => []),
    },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const job = store.get<Job>(JOBS, namespace, name);
      if (!job || isTerminating(job)) return undefined;
      const known = owners.controlledPods(job.metadata.uid);
      const before = ledger.endsOf(job, known);
      if (isOver(job)) return expire(job);
      const announced = announcedOf(job);
      const { verdict, wait } = announced ? { verdict: announced, wait: 0 } : await steer(job, known, before);
      const now = owners.controlledPods(job.metadata.uid);
      const status = statusOf(job, now, ledger.endsOf(job, now), verdict, timestamp(clock.now()));
      write(job, status);
      if (verdict && isToldIn(status, verdict)) tellVerdict(record, job, verdict);
      return sooner(wait > 0 ? wait : undefined, verdict ? undefined : deadlineIn({ ...job, status }));
    },
  };
}
