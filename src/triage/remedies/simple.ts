import { patchOf } from '../../injection/write/patch-of.ts';
import { mapOperations, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Finding } from '../finding/finding.ts';
import { patchPlan, type Remedy } from './remedy.ts';

/** Problems that a new pod of the same template would have, too; the cluster retries these by itself. */
const NOT_FIXED_BY_RESTART = /^pod\/(image-pull|config-error|unschedulable|unknown-scheduler|scheduling-gated)$/;
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];
export const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const REFRESH = 'argocd.argoproj.io/refresh';

const specOf = (object: KubeObject): Record<string, unknown> => (object.spec ?? {}) as Record<string, unknown>;

/** Lets pods be scheduled on a node again. */
export const uncordon: Remedy = {
  name: 'uncordon',
  title: 'uncordon',
  about: 'Lets new pods be scheduled on the node again.',
  isReversible: true,
  fits: ({ rule, object }) => object.kind === 'Node' && /cordon/.test(rule),
  plan({ object }) {
    if (specOf(object).unschedulable !== true) return { refusal: `${nameOf(refOf(object))} is not cordoned` };
    const at = pointer('spec', 'unschedulable');
    const { name } = object.metadata;
    return patchPlan(object, [test(at, true), remove(at)], `uncordon Node ${name}`, `kubectl cordon ${name}`);
  },
  isDone: (_before, after) => after !== undefined && specOf(after).unschedulable !== true,
};

/** Fixes that a person has to make in Git: until then every comparison has the same result. */
const inGit = (fixes: Finding['fixes']): string[] =>
  fixes.flatMap(({ text, command }) => (command === undefined && /\bin Git\b/i.test(text) ? [text] : []));

/** Makes Argo CD drop its caches of one application and compare it again. */
export const hardRefresh: Remedy = {
  name: 'hard-refresh',
  title: 'compare again in Argo CD',
  about: 'Makes Argo CD compare the application again, without its caches; this syncs nothing.',
  isReversible: true,
  fits: ({ object }) => object.kind === 'Application' && object.apiVersion.startsWith('argoproj.io/'),
  plan: ({ object }, { fixes }) => ({
    writes: [
      patchOf(object, mapOperations(object, ['metadata', 'annotations'], { set: { [REFRESH]: 'hard' } }), {
        says: `have Argo CD refresh ${nameOf(refOf(object))}`,
        atVersion: false,
      }),
    ],
    undo: 'nothing to undo: the controller removes the annotation when it is done',
    warnings: inGit(fixes).map(
      text => `this alone does not repair the application, because the cause is in Git. First: ${text}`,
    ),
  }),
  // The controller removes the annotation again; present or removed, the request was stored.
  isDone: (before, after) =>
    after !== undefined &&
    (after.metadata.annotations?.[REFRESH] === 'hard' ||
      after.metadata.resourceVersion !== before.metadata.resourceVersion),
};

const REFRESHED = /\bannotate application (\S+) -n (\S+) argocd\.argoproj\.io\/refresh=hard\b/;

/** The hard refresh of each application that the commands of a finding about something else name. */
export function refreshesNamed({ object, fixes }: Finding): Remedy[] {
  if (hardRefresh.fits({ object } as Finding)) return [];
  return fixes.flatMap(({ command = '' }) => {
    const [, name, namespace] = REFRESHED.exec(command) ?? [];
    if (name === undefined || namespace === undefined) return [];
    const on = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace, name };
    return [{ ...hardRefresh, name: `${hardRefresh.name}:${name}`, on }];
  });
}

/** Replaces the pods of a workload by its own strategy, as `kubectl rollout restart` does. */
export const restart: Remedy = {
  name: 'restart',
  title: 'restart the pods of',
  about: 'Replaces the pods one after the other, by the strategy of the workload, as kubectl rollout restart does.',
  isReversible: true,
  fits: ({ rule, object }) =>
    WORKLOADS.includes(object.kind) && /^(pods?|workloads?|config)\//.test(rule) && !NOT_FIXED_BY_RESTART.test(rule),
  plan({ object, at }) {
    if (specOf(object).paused === true) return { refusal: `${nameOf(refOf(object))} is paused: resume it first` };
    const steps = ['spec', 'template', 'metadata', 'annotations'];
    const operations = mapOperations(object, steps, { set: { [RESTARTED]: at } });
    // A template may have no metadata, and then no annotations to add to.
    const template = specOf(object).template as { metadata?: unknown } | undefined;
    const whole = template?.metadata == null ? [set(pointer(...steps.slice(0, 3)), {}), ...operations] : operations;
    return patchPlan(
      object,
      whole,
      `restart ${nameOf(refOf(object))}`,
      'nothing to undo: the pods are made from the same template',
    );
  },
  isDone: (before, after) => restartedAt(after) !== undefined && restartedAt(after) !== restartedAt(before),
};

const restartedAt = (object: KubeObject | undefined): string | undefined => {
  const template = (object && specOf(object).template) as
    | { metadata?: { annotations?: Record<string, string> } }
    | undefined;
  return template?.metadata?.annotations?.[RESTARTED];
};

/** Removes one finalizer whose controller no longer exists, as the rule found. */
export const stripFinalizer: Remedy = {
  name: 'strip-finalizer',
  title: 'remove the finalizer',
  about:
    'Removes the one finalizer whose controller is gone, so that the deletion can finish; what the controller should have cleaned up is left behind.',
  isReversible: false,
  fits: ({ rule, summary }) =>
    rule === 'namespaces/finalizer' && /controller is gone or has no ready pod/.test(summary),
  plan({ object }, { summary }) {
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp === undefined) return { refusal: `${nameOf(refOf(object))} is not being deleted` };
    const named = finalizers.filter(finalizer => summary.split(/[\s,]+/).includes(finalizer));
    const [only] = named;
    if (only === undefined || named.length > 1)
      return {
        refusal: `expected one finalizer whose controller is gone, found ${named.length}: remove them by hand, after checking each`,
      };
    const at = pointer('metadata', 'finalizers', finalizers.indexOf(only));
    const says = `remove finalizer ${only} from ${nameOf(refOf(object))}`;
    return patchPlan(
      object,
      [test(at, only), remove(at)],
      says,
      'cannot be undone: the object is deleted when no finalizer is left',
    );
  },
  isDone: (before, after) => (after?.metadata.finalizers ?? []).length < (before.metadata.finalizers ?? []).length,
};
