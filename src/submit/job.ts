import type { KubeObject } from '../k8s/object.ts';
import { labelsOf, nameOfSubmission, resultName } from './names.ts';

/** The specification of the pods of a submission. Times in seconds. */
export interface JobSpec {
  id: string;
  namespace: string;
  image: string;
  /** The arguments of mayday in the pod. */
  args: string[];
  /** Files of the submission's ConfigMap, and the path of each below `/plans`. */
  files: { key: string; path: string }[];
  /** Undefined: one pod. Else an Indexed Job with this many pods, of which `atOnce` run in parallel. */
  indexed?: { pods: number; atOnce: number };
  deadlineSeconds: number;
  keepSeconds: number;
  /** Members that the cluster requires of every pod, such as tolerations. */
  podSpec: Readonly<Record<string, unknown>>;
  notify?: NotifyObject;
}

/** The Secret or ConfigMap in the submission's namespace that names the receivers of notices. */
export interface NotifyObject {
  kind: 'Secret' | 'ConfigMap';
  name: string;
}

/** The folder of the plans in the pod. */
export const PLANS = '/plans';
const NOTIFY = '/notify';
/** The key that holds the receivers, and the name of the file in the pod. */
export const NOTIFY_KEY = 'notify.yaml';
/** The path of that file relative to the configuration in the pod. */
export const NOTIFY_FILE = `..${NOTIFY}/${NOTIFY_KEY}`;
/** The only folder that the pod can write to. */
const WRITABLE = '/tmp';
/** A pod that is stopped reverts first, and needs this time for it. */
const GRACE_SECONDS = 120;
const NOBODY = 65_532;

/** The number of the pod as a variable in its command line; the server sets it for an Indexed Job. */
const INDEX_WORD = '$(JOB_COMPLETION_INDEX)';

/** The Job of a submission. No pod is ever started a second time, since that would inject twice. */
export function job(spec: JobSpec): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(spec),
    spec: jobSpec(spec),
  };
}

/** The CronJob of a submission with a schedule; never two Jobs at a time. */
export function cronJob(spec: JobSpec, when: { schedule: string; timeZone: string }): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadataOf(spec),
    spec: {
      ...when,
      concurrencyPolicy: 'Forbid',
      // A run that could not start in time is skipped, so that no run starts at an unexpected time.
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { metadata: { labels: labelsOf(spec.id) }, spec: jobSpec(spec) },
    },
  };
}

const metadataOf = ({ id, namespace }: JobSpec) => ({ name: nameOfSubmission(id), namespace, labels: labelsOf(id) });

function jobSpec(spec: JobSpec): Record<string, unknown> {
  const { indexed, deadlineSeconds, keepSeconds } = spec;
  return {
    ...(indexed === undefined
      ? { backoffLimit: 0 }
      : {
          completionMode: 'Indexed',
          completions: indexed.pods,
          parallelism: indexed.atOnce,
          // Without this the first pod that fails would end all others.
          backoffLimitPerIndex: 0,
        }),
    podReplacementPolicy: 'Failed',
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: keepSeconds,
    template: { metadata: { labels: labelsOf(spec.id) }, spec: podSpecOf(spec) },
  };
}

function podSpecOf({ id, image, args, files, podSpec, notify }: JobSpec): Record<string, unknown> {
  return {
    ...podSpec,
    serviceAccountName: nameOfSubmission(id),
    automountServiceAccountToken: true,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      fsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'mayday',
        image,
        args,
        env: [
          { name: 'XDG_STATE_HOME', value: `${WRITABLE}/state` },
          { name: 'HOME', value: WRITABLE },
        ],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        volumeMounts: [
          { name: 'plans', mountPath: PLANS, readOnly: true },
          { name: 'tmp', mountPath: WRITABLE },
          ...(notify === undefined ? [] : [{ name: 'notify', mountPath: NOTIFY, readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: 'plans', configMap: { name: nameOfSubmission(id), items: files } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      ...(notify === undefined ? [] : [{ name: 'notify', ...sourceOf(notify) }]),
    ],
  };
}

/** The command line of the pod: one experiment is run, several are a suite of their queue. */
export function podArgs(
  { id, namespace }: { id: string; namespace: string },
  plans: { one: string } | { parallel: number },
  passed: readonly string[],
): string[] {
  const index = 'one' in plans ? '0' : INDEX_WORD;
  const what =
    'one' in plans
      ? ['run', `${PLANS}/${plans.one}`]
      : ['suite', `${PLANS}/${index}`, '--parallel', `${plans.parallel}`];
  const results = `configmap/${namespace}/${resultName(id, index)}`;
  return [...what, '--yes', '-o', 'jsonl', '--config', `${PLANS}/config.yaml`, '--results', results, ...passed];
}

function sourceOf({ kind, name }: NotifyObject): Record<string, unknown> {
  const items = [{ key: NOTIFY_KEY, path: NOTIFY_KEY }];
  return kind === 'Secret' ? { secret: { secretName: name, items } } : { configMap: { name, items } };
}
