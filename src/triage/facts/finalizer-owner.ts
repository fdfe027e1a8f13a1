import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { list, number, strings } from '../../k8s/fields.ts';
import { serviceBackends } from './behind-service.ts';
import { targetOf } from './service-route.ts';

/** Finalizers of Kubernetes itself, and who removes them. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'kubernetes.io/pvc-protection': 'kube-controller-manager, once no pod uses the claim',
  'kubernetes.io/pv-protection': 'kube-controller-manager, once no claim is bound to the volume',
  'service.kubernetes.io/load-balancer-cleanup': 'the cloud controller, once the load balancer is gone',
  'batch.kubernetes.io/job-tracking': 'the Job controller, once it has counted the pod',
  foregroundDeletion: 'the garbage collector, once its dependents are deleted',
  orphan: 'the garbage collector, once its dependents are orphaned',
  kubernetes: 'the namespace controller, once the namespace is empty',
  'customresourcecleanup.apiextensions.k8s.io': 'the API server, once no instance is left',
};
/** Finalizers whose names do not show which controller removes them. */
const KNOWN: readonly [RegExp, RegExp][] = [
  [
    /^(pre-delete-finalizer|post-delete-finalizer|resources-finalizer)\.argocd\.argoproj\.io/,
    /^argocd-application-controller/,
  ],
  [/^finalizer\.acme\.cert-manager\.io$|cert-manager\.io/, /^cert-manager$/],
  [/^external-attacher\//, /attacher|csi/],
  [/^(foreground|helm\.toolkit|kustomize\.toolkit|finalizers?\.fluxcd\.io)/, /(helm|kustomize|source)-controller/],
];

/** Who should remove a finalizer. */
export interface FinalizerOwner {
  /** For finalizers of Kubernetes itself: what removes it, and when. */
  builtIn?: string;
  /** Workloads that are probably its controller. */
  workloads: readonly ViewObject[];
  /** Whether one of those has a ready pod. */
  alive: boolean;
}

/** Finds the controller of a finalizer by comparing its domain with the webhooks and workloads of the cluster. */
export function ownerOfFinalizer(view: ClusterView, finalizer: string, group?: string): FinalizerOwner {
  const builtIn = BUILT_IN[finalizer];
  if (builtIn !== undefined) return { builtIn, workloads: [], alive: true };
  const known = KNOWN.find(([names]) => names.test(finalizer))?.[1];
  const workloads =
    known === undefined ? guessed(view, finalizer, group) : workloadsWhere(view, name => known.test(name));
  return { workloads, alive: workloads.some(isAlive) };
}

const isAlive = ({ kind, status }: ViewObject): boolean =>
  number(kind === 'DaemonSet' ? status.numberReady : status.readyReplicas) > 0;

const workloadsWhere = (view: ClusterView, fits: (name: string) => boolean): ViewObject[] =>
  (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap(kind =>
    [...view.all(kind)].filter(({ metadata }) => fits(metadata.name)),
  );

/**
 * The workloads behind the webhooks of the API group; otherwise those whose name contains a word of the domain:
 * `opensearch.opster.io` → `opensearch`.
 */
function guessed(view: ClusterView, finalizer: string, group: string | undefined): ViewObject[] {
  const domain = finalizer.split('/')[0] ?? '';
  const groups = [domain, group].filter(one => one !== undefined && one !== '');
  const behind = hooksFor(view, groups as string[]).flatMap(
    ({ namespace, name }) => serviceBackends(view, namespace, name).workloads,
  );
  if (behind.length > 0) return [...new Set(behind)];
  const words = new Set(
    groups.flatMap(one => (one ?? '').split('.').slice(0, -1)).filter(word => word.length >= 4 && !COMMON.has(word)),
  );
  return workloadsWhere(view, name => [...words].some(word => name.includes(word)));
}

/** Words in domains that do not identify a controller. */
const COMMON = new Set([
  'finalizer',
  'finalizers',
  'operator',
  'operators',
  'example',
  'controller',
  'cluster',
  'core',
  'apps',
  'cloud',
  'github',
  'toolkit',
  'kubernetes',
  'cleanup',
  'resources',
]);

const CONFIGURATIONS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

function hooksFor(view: ClusterView, groups: readonly string[]): { namespace: string; name: string }[] {
  const covers = (hook: Readonly<Record<string, unknown>>) =>
    list(hook.rules).some(rule => strings(rule.apiGroups).some(one => groups.includes(one)));
  return CONFIGURATIONS.flatMap(kind => [...view.all(kind)]).flatMap(configuration =>
    list(configuration.webhooks)
      .filter(covers)
      .flatMap(hook => targetOf((hook.clientConfig as { service?: unknown } | undefined)?.service) ?? []),
  );
}

/** A sentence that says what should remove the finalizer, and whether that controller runs. */
export function ownerText(finalizer: string, { builtIn, workloads, alive }: FinalizerOwner): string {
  if (builtIn !== undefined) return `${finalizer} is removed by ${builtIn}.`;
  const [first] = workloads;
  if (first === undefined)
    return `No controller of finalizer ${finalizer} is found in the cluster: the controller is gone (it was uninstalled before the objects that it had to clean up).`;
  const name = `${first.kind} ${first.metadata.namespace}/${first.metadata.name}`;
  return alive
    ? `${name} should remove ${finalizer}, and has ready pods.`
    : `${name} should remove ${finalizer}, but has no ready pod.`;
}
