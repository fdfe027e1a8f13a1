import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { fields, list, text } from '../../k8s/fields.ts';

const HELM_RELEASE = 'meta.helm.sh/release-name';
const HELM_NAMESPACE = 'meta.helm.sh/release-namespace';
const TRACKING = 'argocd.argoproj.io/tracking-id';
const INSTANCE = 'app.kubernetes.io/instance';

/**
 * What manages an object, as text: an owner that exists, OLM, an Argo CD application, or a Helm release whose workloads exist.
 * Undefined when nothing in the cluster does: the object was left behind, or created by hand.
 */
export function claimOf(view: ClusterView, object: ViewObject): string | undefined {
  const { labels, annotations, ownerReferences } = object.metadata;
  const owner = ownerReferences.find(one => view.byUid(one.uid) !== undefined);
  if (owner !== undefined) return `${owner.kind} ${owner.name} owns it`;
  const olm = labels['olm.owner'];
  if (olm !== undefined) return `OLM manages it (${olm})`;
  const app = applicationOf(view, object);
  if (app !== undefined) return `Application ${app.metadata.name} manages it`;
  const release = annotations[HELM_RELEASE];
  if (release !== undefined && releaseExists(view, release, annotations[HELM_NAMESPACE] ?? ''))
    return `Helm release ${release} has objects in ${annotations[HELM_NAMESPACE]}`;
  return undefined;
}

/**
 * The Argo CD application that manages an object: by its tracking labels or annotations, or because its status lists
 * the object.
 */
export function applicationOf(view: ClusterView, object: ViewObject): ViewObject | undefined {
  const { name, namespace, labels, annotations } = object.metadata;
  const tracked = annotations[TRACKING]?.split(':')[0] ?? labels[INSTANCE];
  const isObject = (one: { [field: string]: unknown }) =>
    text(one.kind) === object.kind &&
    text(one.name) === name &&
    (namespace === undefined || text(one.namespace) === namespace);
  for (const app of view.all('Application')) {
    if (tracked !== undefined && app.metadata.name === tracked.split('_').at(-1)) return app;
    if (list(app.status.resources).some(isObject)) return app;
  }
  return undefined;
}

/** Whether a workload of a Helm release exists. Its release Secrets are not read. */
const releaseExists = (view: ClusterView, release: string, namespace: string): boolean =>
  (['Deployment', 'StatefulSet', 'DaemonSet', 'Service'] as const).some(kind =>
    view.inNamespace(kind, namespace).some(({ metadata }) => metadata.annotations[HELM_RELEASE] === release),
  );

/** Where an application's manifests come from: `apps/shop in https://git.example.com/deploy.git at main`. */
export function gitPathOf(app: ViewObject): string {
  const sources = [app.spec.source, ...list(app.spec.sources)].map(fields).filter(one => text(one.repoURL) !== '');
  return sources
    .map(one => {
      const revision = text(one.targetRevision);
      return `${text(one.path) || text(one.chart) || '.'} in ${text(one.repoURL)}${revision && ` at ${revision}`}`;
    })
    .join('; ');
}

/** A warning that Git or an operator would undo a change by hand; empty when nothing manages the object. */
export function undoneBy(view: ClusterView, object: ViewObject): string {
  const app = applicationOf(view, object);
  if (app !== undefined) {
    const path = gitPathOf(app);
    return ` Application ${app.metadata.name} overwrites it with its own version: change it in Git${path && ` (${path})`}.`;
  }
  const claim = claimOf(view, object);
  return claim === undefined ? '' : ` ${claim} and may overwrite it.`;
}
