import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { matchesSelector } from '../../health/view/selector.ts';
import type { Fields } from '../../k8s/fields.ts';
import { fields, list, text, textMap } from '../../k8s/fields.ts';

/** The maximum number of objects to follow: a problem of thousands of objects shows on the first of them. */
const MOST_OBJECTS = 2000;

/**
 * The objects that an object depends on or that depend on it: its owners, what it owns, its pods, the Services,
 * budgets and autoscalers that select or name them, and the claims they use; for an application, the objects it
 * manages. The object itself comes first.
 */
export function related(view: ClusterView, object: ViewObject): ViewObject[] {
  const found = new Set<ViewObject>([object]);
  const add = (more: Iterable<ViewObject | undefined>) => {
    for (const each of more) if (each && found.size < MOST_OBJECTS) found.add(each);
  };
  add(view.ownersOf(object));
  add(referredTo(view, object));
  // `found` grows during this loop, so dependents of dependents are visited as well.
  for (const each of found) add(view.ownedBy(each.metadata.uid));
  const pods = [...found].filter(({ kind }) => kind === 'Pod');
  for (const pod of pods) {
    add(view.ownersOf(pod));
    add(usedBy(view, pod));
  }
  const namespace = object.metadata.namespace;
  if (namespace !== undefined) {
    add(view.inNamespace('Service', namespace).filter(each => selects(plainSelector(each), pods)));
    add(view.inNamespace('PodDisruptionBudget', namespace).filter(each => selects(fields(each.spec.selector), pods)));
    add(view.inNamespace('HorizontalPodAutoscaler', namespace).filter(each => scalesAny(each, found)));
    add(view.inNamespace('Ingress', namespace).filter(each => routesToAny(each, found)));
  }
  return [...found];
}

/**
 * The objects that an object refers to: the pods of a Service, the target of an autoscaler, the Services of an
 * Ingress or webhook, the objects of an application.
 */
function referredTo(view: ClusterView, object: ViewObject): (ViewObject | undefined)[] {
  const { namespace } = object.metadata;
  switch (object.kind) {
    case 'Service':
    case 'PodDisruptionBudget': {
      const selector = object.kind === 'Service' ? plainSelector(object) : fields(object.spec.selector);
      if (namespace === undefined || Object.keys(selector).length === 0) return [];
      const pods = view.podsMatching(namespace, selector);
      return [...pods, ...pods.flatMap(pod => view.ownersOf(pod))];
    }
    case 'HorizontalPodAutoscaler':
      return [named(view, fields(object.spec.scaleTargetRef), namespace)];
    case 'Ingress':
      return servicesOf(object).flatMap(name => withPods(view, view.get('Service', namespace, name)));
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return list(object.webhooks)
        .map(webhook => fields(fields(webhook.clientConfig).service))
        .flatMap(({ namespace, name }) => withPods(view, view.get('Service', text(namespace), text(name))));
    case 'Application':
      return list(object.status.resources).map(part => named(view, part, text(part.namespace) || undefined));
    default:
      return [];
  }
}

const withPods = (view: ClusterView, service: ViewObject | undefined): (ViewObject | undefined)[] =>
  service === undefined ? [] : [service, ...referredTo(view, service)];

const named = (view: ClusterView, ref: Fields, namespace: string | undefined): ViewObject | undefined =>
  view.get(text(ref.kind) as Parameters<ClusterView['get']>[0], namespace, text(ref.name));

const plainSelector = (service: ViewObject): Fields => textMap(service.spec.selector);

const selects = (selector: Fields, pods: readonly ViewObject[]): boolean =>
  Object.keys(selector).length > 0 && pods.some(({ metadata }) => matchesSelector(selector, metadata.labels));

const scalesAny = (scaler: ViewObject, objects: ReadonlySet<ViewObject>): boolean => {
  const { kind, name } = fields(scaler.spec.scaleTargetRef);
  return [...objects].some(each => each.kind === kind && each.metadata.name === name);
};

const routesToAny = (ingress: ViewObject, objects: ReadonlySet<ViewObject>): boolean => {
  const names = servicesOf(ingress);
  return [...objects].some(({ kind, metadata }) => kind === 'Service' && names.includes(metadata.name));
};

function servicesOf(ingress: ViewObject): string[] {
  const backends = [
    fields(ingress.spec.defaultBackend),
    ...list(ingress.spec.rules).flatMap(rule => list(fields(rule.http).paths).map(path => fields(path.backend))),
  ];
  return backends.map(backend => text(fields(backend.service).name)).filter(name => name !== '');
}

/** The PersistentVolumeClaims that a pod uses. */
function usedBy(view: ClusterView, pod: ViewObject): (ViewObject | undefined)[] {
  const claims = list(pod.spec.volumes).map(volume => text(fields(volume.persistentVolumeClaim).claimName));
  return claims
    .filter(claim => claim !== '')
    .map(claim => view.get('PersistentVolumeClaim', pod.metadata.namespace, claim));
}
