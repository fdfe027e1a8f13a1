import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { time } from '../../../k8s/fields.ts';
import type { KubeObject } from '../../../k8s/object.ts';
import type { ApiResource } from '../../../kube/discovery/discovery.ts';
import { ownerOfFinalizer, ownerText } from '../../facts/finalizer-owner.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { calledOnUpdate } from '../webhook/called-on-update.ts';

/** Controllers may take this long to clean up. */
const GRACE_MS = 5 * 60_000;
const MOST_KINDS = 40;
/** Kinds that other rules report. */
const ELSEWHERE: readonly ViewKind[] = [
  'Namespace',
  'CustomResourceDefinition',
  'Event',
  'Pod',
  'EndpointSlice',
  'Lease',
];
const KINDS = (Object.keys(VIEW_KINDS) as ViewKind[]).filter(kind => !ELSEWHERE.includes(kind));
/** Groups of kinds with an object for every pod or node: too many to list for this rule. */
const MANY =
  /(^|\.)(cilium\.io|wgpolicyk8s\.io|openreports\.io|reports\.kyverno\.io|aquasecurity\.github\.io|metrics\.k8s\.io|crd\.projectcalico\.org|projectcalico\.org)$/;

/**
 * Custom kinds that the view does not follow and whose controller does not seem to run: a running controller removes its
 * finalizers. While a namespace is Terminating, all custom kinds, because the objects in it may wait for each other.
 */
function* customKinds(view: ClusterView): Iterable<ApiResource> {
  const isDeleting = [...view.all('Namespace')].some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const controlled = new Map<string, boolean>();
  const isControlled = (group: string): boolean => {
    const known = controlled.get(group) ?? ownerOfFinalizer(view, group, group).alive;
    controlled.set(group, known);
    return known;
  };
  const crds = new Set([...view.all('CustomResourceDefinition')].map(({ metadata }) => metadata.name));
  let asked = 0;
  for (const resource of view.discovery?.resources ?? []) {
    const { group, kind, resource: plural } = resource;
    if (
      !crds.has(`${plural}.${group}`) ||
      MANY.test(group) ||
      (kind in VIEW_KINDS && VIEW_KINDS[kind as ViewKind].startsWith(`${group}/`)) ||
      (!isDeleting && isControlled(group))
    )
      continue;
    if (asked++ >= MOST_KINDS) return;
    yield resource;
  }
}

const readOf = ({ apiVersion, kind }: ApiResource): Extract<NamedRead, { is: 'instances' }> => ({
  is: 'instances',
  apiVersion,
  kind,
});

/** An object that is being deleted and waits for a finalizer to be removed. */
export const finalizerStuck: Rule = {
  id: 'namespaces/finalizer',
  gate: 'G9',
  needs: ['Namespace'],
  wants: [...KINDS, 'CustomResourceDefinition'],
  about: {
    looksAt:
      'Objects of any kind, custom kinds included, that have been Terminating for over five minutes with finalizers, and the controllers that should remove those.',
    why: 'A finalizer keeps an object from being deleted until its controller has cleaned up. When the controller is gone, the object stays Terminating, and no new object can be created under its name.',
    whatToDo:
      'Restore the controller. Only if that is not possible, remove that one finalizer: what the controller should have cleaned up is then left behind.',
  },
  *asks({ view }) {
    for (const resource of customKinds(view)) yield readOf(resource);
  },
  *look(looking) {
    const { view, answers } = looking;
    for (const object of view.all(...KINDS)) yield* held(looking, object);
    for (const resource of customKinds(view)) {
      const answer = answers.instances(readOf(resource));
      for (const object of answer?.ok ? answer.value : [])
        yield* held(looking, { ...object, apiVersion: resource.apiVersion, kind: resource.kind });
    }
  },
};

function* held(
  { view, now }: RuleInput,
  { apiVersion, kind, metadata }: Pick<ViewObject | KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
): Iterable<FindingDraft> {
  const deleted = time(metadata.deletionTimestamp);
  const { namespace, name } = metadata;
  const finalizers = metadata.finalizers ?? [];
  if (deleted === undefined || now - deleted < GRACE_MS || finalizers.length === 0) return;
  // The rule about the namespace reports the objects that are left in it.
  if (namespace !== undefined && view.get('Namespace', undefined, namespace)?.metadata.deletionTimestamp !== undefined)
    return;
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : undefined;
  const owners = finalizers.map(finalizer => ({ finalizer, owner: ownerOfFinalizer(view, finalizer, group) }));
  const dead = owners.filter(({ owner }) => owner.builtIn === undefined && !owner.alive);
  const [first] = dead;
  const object = { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
  const path = `/metadata/finalizers/${finalizers.indexOf(first?.finalizer ?? '')}`;
  const patch = [
    { op: 'test', path, value: first?.finalizer },
    { op: 'remove', path },
  ];
  yield {
    severity: dead.length > 0 ? 'high' : 'warn',
    object,
    summary: `stuck Terminating: finalizer ${(dead.length > 0 ? dead : owners).map(({ finalizer }) => finalizer).join(', ')} is not removed${dead.length > 0 ? ', its controller is gone or has no ready pod' : ''}`,
    since: { at: deleted, exact: true },
    evidence: [
      `metadata.deletionTimestamp: ${metadata.deletionTimestamp}`,
      `metadata.finalizers: ${finalizers.join(', ')}`,
    ],
    cause: owners.map(({ finalizer, owner }) => ownerText(finalizer, owner)).join(' '),
    fixes: [
      first !== undefined && {
        text:
          first.owner.workloads[0] === undefined
            ? `Install the controller of finalizer ${first.finalizer} again.`
            : `Restore ${first.owner.workloads[0].kind} ${first.owner.workloads[0].metadata.name}, which removes the finalizer.`,
      },
      first !== undefined && {
        text: `Only if its controller cannot be restored: remove finalizer ${first.finalizer}.`,
        command: patchCommand(view, named(object), 'json', patch),
        safe: false,
      },
    ],
    because: [
      ...owners.flatMap(({ owner }) => owner.workloads.map(one => causeOf(one))),
      ...calledOnUpdate(view, { group: group ?? '', plural: view.discovery?.byKind(apiVersion, kind)?.resource ?? '' }),
    ],
  };
}
