import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { matchesSelector } from '../../health/view/selector.ts';
import { type Fields, fields, list, number, strings, text, textMap } from '../../k8s/fields.ts';
import { type FixDraft, refOf } from '../finding/build.ts';
import type { Cause } from '../finding/finding.ts';
import { command, named } from '../finding/shell.ts';
import { POLICIES } from './admission-policies.ts';

/** What adds something to a pod that its pod template does not have. */
export interface Added {
  /** `MutatingAdmissionPolicy place-payments sets it when a pod is created; the pod template does not.` */
  says: string;
  fixes: FixDraft[];
  because: Cause[];
}

const MUTATING = POLICIES[1];
const POD_NODE_SELECTOR = 'scheduler.alpha.kubernetes.io/node-selector';

/**
 * The current template of the workload that created a pod; undefined for a pod without an owner, or of an earlier
 * revision.
 */
function templateSpec(view: ClusterView, pod: ViewObject): Fields | undefined {
  const owner = pod.metadata.ownerReferences.find(one => one.controller === true);
  const creator = owner && view.byUid(owner.uid);
  if (creator === undefined || !isCurrentRevision(creator, pod)) return undefined;
  return creator.spec.template === undefined ? undefined : fields(fields(creator.spec.template).spec);
}

/** The template of a ReplicaSet and of a Job never changes; the others keep pods of earlier revisions for a while. */
function isCurrentRevision({ kind, status }: ViewObject, pod: ViewObject): boolean {
  if (kind === 'ReplicaSet' || kind === 'Job') return true;
  if (kind === 'StatefulSet')
    return text(status.updateRevision) === text(pod.metadata.labels['controller-revision-hash']);
  return kind === 'DaemonSet' && number(status.updatedNumberScheduled) === number(status.currentNumberScheduled);
}

/** The keys of the nodeSelector labels that a pod has and its template does not. */
export function addedSelector(view: ClusterView, pod: ViewObject): string[] {
  const template = templateSpec(view, pod);
  if (template === undefined) return [];
  const own = textMap(template.nodeSelector);
  return Object.entries(textMap(pod.spec.nodeSelector)).flatMap(([key, value]) => (own[key] === value ? [] : [key]));
}

/** Whether the template of a pod has no container of that name, or has it with another image. */
export function isAddedContainer(
  view: ClusterView,
  pod: ViewObject,
  { name, image }: { name: string; image: string },
): boolean {
  const template = templateSpec(view, pod);
  if (template === undefined) return false;
  const own = [...list(template.initContainers), ...list(template.containers)].find(one => text(one.name) === name);
  return own === undefined || text(own.image) !== image;
}

/**
 * What may have added something to a pod when it was created. `words` are searched for in the expressions of policies:
 * policies that mention them are named; if none does, everything that may change pods of that namespace.
 */
export function addedBy(view: ClusterView, pod: ViewObject, words: readonly string[]): Added | undefined {
  const namespace = view.get('Namespace', undefined, pod.metadata.namespace ?? '');
  const own = namespace?.metadata.annotations[POD_NODE_SELECTOR];
  const byNamespace = own !== undefined && words.some(word => own.includes(word)) ? namespace : undefined;
  const all = mutatorsOf(view, pod);
  const mentioning = all.filter(({ kind, spec }) => kind === MUTATING.policy && mentions(spec.mutations, words));
  const found = byNamespace ? [byNamespace] : mentioning.length > 0 ? mentioning : all;
  if (found.length === 0) return undefined;
  const names = found.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const certain = found.length === 1 && (byNamespace !== undefined || mentioning.length > 0);
  return {
    says: `The pod template does not contain that: ${certain ? `${names[0]} sets it` : `one of ${names.slice(0, 4).join(', ')} probably sets it`} when a pod is created.`,
    fixes: found.slice(0, 2).map(one => ({
      text: `Correct ${one.kind} ${one.metadata.name}, which changes pods in ${pod.metadata.namespace} as they are created; then delete the pods, so that they are created again.`,
      command: command(view, ['kubectl', 'edit', ...named(refOf(one))]),
    })),
    because: found.map(({ kind, metadata }) => ({ kind, name: metadata.name })),
  };
}

const mentions = (value: unknown, words: readonly string[]): boolean => {
  const json = JSON.stringify(value ?? '');
  return words.some(word => json.includes(word));
};

/** The policies and webhooks that may change a pod when it is created in its namespace. */
function mutatorsOf(view: ClusterView, pod: ViewObject): ViewObject[] {
  const name = pod.metadata.namespace ?? '';
  const labels = { 'kubernetes.io/metadata.name': name, ...view.get('Namespace', undefined, name)?.metadata.labels };
  const isHere = (selector: unknown): boolean => matchesSelector(fields(selector), labels);
  const takesPods = (rules: unknown): boolean =>
    list(rules).some(
      rule =>
        strings(rule.resources).some(one => one === 'pods' || one === '*') &&
        strings(rule.operations).some(one => one === 'CREATE' || one === '*'),
    );
  const policies = [...view.all(MUTATING.binding)].flatMap(binding => {
    const policy = view.get(MUTATING.policy, undefined, text(binding.spec.policyName));
    const matches = fields(policy?.spec.matchConstraints);
    const applies =
      takesPods(matches.resourceRules) &&
      isHere(matches.namespaceSelector) &&
      isHere(fields(binding.spec.matchResources).namespaceSelector);
    return policy !== undefined && applies ? [policy] : [];
  });
  const webhooks = [...view.all('MutatingWebhookConfiguration')].filter(one =>
    list(one.webhooks).some(hook => takesPods(hook.rules) && isHere(hook.namespaceSelector)),
  );
  return [...new Set([...policies, ...webhooks])];
}
