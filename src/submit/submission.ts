import type { KubeObject } from '../k8s/object.ts';
import type { SuiteEntry } from '../suite/order.ts';
import { jsonText } from '../text/json.ts';
import { yamlText } from '../text/yaml.ts';
import { cronJob, type JobSpec, job, type NotifyObject, PLANS, podArgs } from './job.ts';
import { INDEX, labelsOf, nameOfSubmission, resultName } from './names.ts';
import { type Grant, grantsFor, type Need } from './need.ts';
import { operatorsOf } from './queues.ts';
import { EMPTY_RESULT } from './result.ts';
import { rolesFor, serviceAccount } from './roles.ts';

/** A submission, completely planned before anything is written. */
export interface Submission {
  id: string;
  namespace: string;
  image: string;
  by: string;
  /** RFC 3339. */
  at: string;
  /** The queues, a pod for each; a single experiment is one queue with one run. */
  queues: readonly (readonly SuiteEntry[])[];
  /** The text of each experiment's document, by its path. */
  texts: ReadonlyMap<string, string>;
  /** The texts of operators' knowledge models. */
  models: readonly string[];
  /** How often all of it is run. */
  rounds: number;
  /** The object with the receivers that the pods notify. */
  notify?: NotifyObject;
  /** A single experiment, which runs alone and not as a suite. */
  isOne: boolean;
  sideBySide: { pods: number; inEach: number };
  deadlineSeconds: number;
  keepSeconds: number;
  needs: readonly Need[];
  podSpec: Readonly<Record<string, unknown>>;
  /** Arguments for the pods' command line, such as `--soak 2s`. */
  passed: readonly string[];
  /** The configuration that the pods run with. */
  config: Readonly<Record<string, unknown>>;
  when?: { schedule: string; timeZone: string };
}

/** The description of a submission, stored in its ConfigMap for `--list` and `--follow`. */
export interface About {
  v: 1;
  id: string;
  by: string;
  at: string;
  image: string;
  queues: { index: number; operators: string[]; runs: { key: string; experiment: string; type: string }[] }[];
  /** Whether it has rights outside its own namespace. Those objects cannot have an owner there, and are deleted by label. */
  reachesOut: boolean;
  /** Left out where all of it is run once. */
  rounds?: number;
  schedule?: string;
  timeZone?: string;
}

/** Every object of a submission. */
export interface SubmissionObjects {
  /** The ConfigMap with the plans, which owns everything else in its namespace. */
  root: KubeObject;
  account: KubeObject;
  roles: KubeObject[];
  results: KubeObject[];
  /** The Job or the CronJob. */
  work: KubeObject;
  grants: Grant[];
}

/** A ConfigMap holds at most 1 MiB; the rest is reserved for what the server adds. */
export const MOST_BYTES = 900 * 1024;

/** All objects of a submission, in the order in which they are created. */
export const inOrder = ({ root, account, roles, results, work }: SubmissionObjects): KubeObject[] => [
  root,
  account,
  ...roles,
  ...results,
  work,
];

export function objectsOf(submission: Submission): SubmissionObjects {
  const { id, namespace, queues, isOne } = submission;
  const plans = filesOf(submission);
  const files = [...plans, ...modelFiles(submission)];
  const grants = grantsFor([...submission.needs, ...resultNeeds(submission)]);
  const spec: JobSpec = {
    id,
    namespace,
    image: submission.image,
    args: podArgs(
      { id, namespace },
      isOne ? { one: plans[0]?.path ?? '' } : { parallel: submission.sideBySide.inEach },
      [...submission.passed, ...(submission.models.length === 0 ? [] : ['--knowledge', `${PLANS}/${MODELS}`])],
    ),
    files: [{ key: CONFIG, path: CONFIG }, ...files.map(({ key, path }) => ({ key, path }))],
    ...(isOne ? {} : { indexed: { pods: queues.length, atOnce: submission.sideBySide.pods } }),
    deadlineSeconds: submission.deadlineSeconds,
    keepSeconds: submission.keepSeconds,
    podSpec: submission.podSpec,
    ...(submission.notify === undefined ? {} : { notify: submission.notify }),
  };
  const about = aboutOf(submission, grants);
  return {
    root: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: nameOfSubmission(id), namespace, labels: labelsOf(id) },
      data: {
        [ABOUT]: jsonText(about),
        [CONFIG]: yamlText(submission.config),
        ...Object.fromEntries(files.map(({ key, text }) => [key, text])),
      },
    },
    account: serviceAccount(id, namespace),
    roles: rolesFor(id, namespace, grants),
    results: queues.map((_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: resultName(id, index),
        namespace,
        labels: { ...labelsOf(id), [INDEX]: String(index) },
      },
      data: EMPTY_RESULT,
    })),
    work: submission.when === undefined ? job(spec) : cronJob(spec, submission.when),
    grants,
  };
}

export const ABOUT = 'submission.json';
const CONFIG = 'config.yaml';

/** Each document under a key that keeps the order of its queue: `0.003.name.yaml` is `0/003-name.yaml` in the pod. */
function filesOf({ queues, texts }: Submission): { key: string; path: string; text: string }[] {
  return queues.flatMap((queue, index) =>
    queue.map(({ loaded }, at) => {
      const number = String(at).padStart(3, '0');
      const name = loaded.experiment.metadata.name
        .toLowerCase()
        .replace(/[^a-z0-9.-]/g, '-')
        .slice(0, 80);
      return {
        key: `${index}.${number}.${name}.yaml`,
        path: `${index}/${number}-${name}.yaml`,
        text: texts.get(loaded.path) ?? '',
      };
    }),
  );
}

const MODELS = 'knowledge';

/** The knowledge models, in a folder of their own. */
const modelFiles = ({ models }: Submission): { key: string; path: string; text: string }[] =>
  models.map((text, index) => {
    const name = `${String(index).padStart(3, '0')}.yaml`;
    return { key: `${MODELS}.${name}`, path: `${MODELS}/${name}`, text };
  });

/** The rights for results. A pod may change its result but not create one: it is created before the pod. */
function resultNeeds({ id, namespace, queues }: Submission): Need[] {
  return queues.flatMap((_, index) =>
    ['get', 'patch'].map(verb => ({
      verb,
      group: '',
      resource: 'configmaps',
      namespace,
      name: resultName(id, index),
    })),
  );
}

function aboutOf(submission: Submission, grants: readonly Grant[]): About {
  const { id, by, at, image, queues, namespace, rounds, when } = submission;
  return {
    v: 1,
    id,
    by,
    at,
    image,
    queues: queues.map((queue, index) => ({
      index,
      operators: operatorsOf(queue),
      runs: queue.map(({ key, loaded: { experiment } }) => ({
        key,
        experiment: experiment.metadata.name,
        type: experiment.spec.injection.type,
      })),
    })),
    reachesOut: grants.some(grant => grant.namespace !== namespace),
    ...(rounds === 1 ? {} : { rounds }),
    ...when,
  };
}

/** An object with the root as its owner; unchanged outside the root's namespace, where owners are not allowed. */
export function owned(object: KubeObject, root: KubeObject): KubeObject {
  const { uid, name, namespace } = root.metadata;
  if (
    uid === undefined ||
    object.metadata.namespace !== namespace ||
    (object.metadata.name === name && object.kind === root.kind)
  )
    return object;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ownerReferences: [{ apiVersion: root.apiVersion, kind: root.kind, name, uid }],
    },
  };
}
