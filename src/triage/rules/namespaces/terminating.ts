import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { text, time } from '../../../k8s/fields.ts';
import type { ApiResource } from '../../../kube/discovery/discovery.ts';
import { blamedBy } from '../../facts/blamed.ts';
import { refusalIn } from '../../facts/error-text.ts';
import { type Condition, condition, conditions, quoted } from '../../facts/fields.ts';
import { type FinalizerOwner, ownerOfFinalizer, ownerText } from '../../facts/finalizer-owner.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { calledOnUpdate } from '../webhook/called-on-update.ts';

/** An empty namespace is deleted within seconds. */
const GRACE_MS = 60_000;
const MOST_KINDS = 6;

/** A kind with objects left, as the namespace controller reports. */
interface Remaining {
  resource: ApiResource;
  count: number;
}

const stuck = function* (view: ClusterView, now: number): Iterable<ViewObject> {
  for (const one of view.all('Namespace')) {
    const deleted = time(one.metadata.deletionTimestamp);
    if (deleted !== undefined && now - deleted > GRACE_MS) yield one;
  }
};

/** `Some resources are remaining: pods. has 2 resource instances, widgets.demo.dev has 1 resource instances` */
function remainingIn(view: ClusterView, namespace: ViewObject): Remaining[] {
  const { status, message } = condition(namespace, 'NamespaceContentRemaining') ?? { status: 'False', message: '' };
  if (status !== 'True') return [];
  return [...message.matchAll(/([a-z0-9-]+)\.([a-z0-9.-]*) has (\d+) resource instances/g)].flatMap(
    ([, plural = '', group = '', count = '0']) => {
      const resource = view.discovery?.byResource(group, plural);
      return resource === undefined ? [] : [{ resource, count: Number(count) }];
    },
  );
}

const readOf = (namespace: string, { apiVersion, kind }: ApiResource): Extract<NamedRead, { is: 'instances' }> => ({
  is: 'instances',
  apiVersion,
  kind,
  namespace,
});

/** A namespace that stays Terminating. */
export const namespaceTerminating: Rule = {
  id: 'namespaces/terminating',
  gate: 'G9',
  needs: ['Namespace'],
  wants: [
    'APIService',
    'CustomResourceDefinition',
    'Deployment',
    'StatefulSet',
    'Pod',
    'PersistentVolumeClaim',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'Service',
  ],
  about: {
    looksAt:
      'Namespaces that have been Terminating for over a minute: the conditions that the namespace controller writes, the objects that are left in them, their finalizers, and the controllers that should remove those.',
    why: 'A namespace is deleted only when everything in it can be listed and deleted. An unavailable aggregated API or conversion webhook blocks the listing; a finalizer whose controller is gone blocks the deletion.',
    whatToDo:
      'Fix the API or the controller that the conditions name. Remove a finalizer by hand only when its controller cannot be restored. Never force the deletion of the namespace itself (/finalize): the objects left in it would stay in etcd.',
  },
  *asks({ view, now }) {
    for (const namespace of stuck(view, now))
      for (const { resource } of remainingIn(view, namespace).slice(0, MOST_KINDS))
        yield readOf(namespace.metadata.name, resource);
  },
  *look(looking) {
    for (const namespace of stuck(looking.view, looking.now)) yield terminating(looking, namespace);
  },
};

interface Held {
  apiVersion: string;
  kind: string;
  plural: string;
  name: string;
  finalizers: readonly string[];
}

function terminating({ view, answers, now }: RuleInput, namespace: ViewObject): FindingDraft {
  const { name } = namespace.metadata;
  const reported = conditions(namespace).filter(
    ({ type, status }) => type.startsWith('Namespace') && status === 'True',
  );
  const isOn = (type: string) => reported.some(one => one.type === type);
  const remaining = remainingIn(view, namespace);
  const held: Held[] = [];
  const notRead: string[] = [];
  for (const { resource } of remaining.slice(0, MOST_KINDS)) {
    const answer = answers.instances(readOf(name, resource));
    if (answer !== undefined && !answer.ok) notRead.push(`${resource.resource} not read: ${answer.message}`);
    for (const { metadata } of answer?.ok ? answer.value : [])
      held.push({
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        plural: resource.resource,
        name: metadata.name,
        finalizers: metadata.finalizers ?? [],
      });
  }
  const owners = finalizersOf(namespace, held).map(({ finalizer, group }) => ({
    finalizer,
    owner: ownerOfFinalizer(view, finalizer, group),
  }));
  const deleted = time(namespace.metadata.deletionTimestamp) ?? now;
  return {
    severity: 'high',
    object: namespace,
    summary: `the namespace is stuck Terminating: ${reasonOf(isOn, owners, held)}`,
    since: { at: deleted, exact: true },
    evidence: [
      `metadata.deletionTimestamp: ${namespace.metadata.deletionTimestamp}`,
      ...reported.map(quoted),
      ...held
        .slice(0, 8)
        .map(one => `${one.kind} ${one.name} metadata.finalizers: ${one.finalizers.join(', ') || 'none'}`),
      ...notRead,
    ],
    cause: causeText(isOn, owners),
    fixes: fixesOf(view, name, isOn, owners, held),
    because: becauseOf(view, name, reported, held, owners),
  };
}

const groupOf = (apiVersion: string): string | undefined =>
  apiVersion.includes('/') ? apiVersion.split('/')[0] : undefined;

type Owners = readonly { finalizer: string; owner: FinalizerOwner }[];

/** The finalizers that block the deletion of the content: from the instances if they were read, otherwise from the condition. */
function finalizersOf(namespace: ViewObject, held: readonly Held[]): { finalizer: string; group?: string }[] {
  const found = new Map<string, { finalizer: string; group?: string }>();
  for (const { finalizers, apiVersion } of held)
    for (const finalizer of finalizers) {
      const group = groupOf(apiVersion);
      found.set(finalizer, { finalizer, ...(group !== undefined && { group }) });
    }
  const { message = '' } = condition(namespace, 'NamespaceFinalizersRemaining') ?? {};
  for (const [, finalizer = ''] of message.matchAll(/(?:remaining: |, )([^\s,]+) in \d+ resource instances/g))
    if (!found.has(finalizer)) found.set(finalizer, { finalizer });
  return [...found.values()];
}

function reasonOf(isOn: (type: string) => boolean, owners: Owners, held: readonly Held[]): string {
  if (isOn('NamespaceDeletionDiscoveryFailure')) return 'discovery of an aggregated API fails (apiservice unavailable)';
  if (isOn('NamespaceDeletionGroupVersionParsingFailure')) return 'a group version cannot be read';
  const custom = owners.filter(({ owner }) => owner.builtIn === undefined).map(({ finalizer }) => finalizer);
  const what = held.find(({ finalizers }) => finalizers.includes(custom[0] ?? ''));
  if (custom.length > 0)
    return `finalizer ${custom.join(', ')}${what === undefined ? '' : ` of ${what.kind} ${what.name}`} remains, and nothing removes it`;
  if (isOn('NamespaceDeletionContentFailure')) return 'its content cannot be deleted';
  if (owners.length > 0) return `finalizer ${owners.map(({ finalizer }) => finalizer).join(', ')} remains`;
  return isOn('NamespaceContentRemaining') ? 'content remains in it' : 'its content has not been deleted yet';
}

function causeText(isOn: (type: string) => boolean, owners: Owners): string {
  if (isOn('NamespaceDeletionDiscoveryFailure'))
    return 'The namespace controller cannot list all kinds, because an aggregated API does not answer, so it does not delete the namespace.';
  const words = owners.map(({ finalizer, owner }) => ownerText(finalizer, owner)).join(' ');
  if (isOn('NamespaceDeletionContentFailure'))
    return `Deleting or listing the objects in the namespace fails; the condition quotes the API server. ${words}`;
  return words || 'Something in it is not deleted yet.';
}

function fixesOf(
  view: ClusterView,
  namespace: string,
  isOn: (type: string) => boolean,
  owners: Owners,
  held: readonly Held[],
) {
  const blocked = isOn('NamespaceDeletionDiscoveryFailure') || isOn('NamespaceDeletionContentFailure');
  const custom = owners.filter(({ owner }) => owner.builtIn === undefined);
  const dead = custom.filter(({ owner }) => !owner.alive);
  return [
    ...custom
      .filter(({ owner }) => owner.alive)
      .flatMap(({ finalizer, owner }) =>
        owner.workloads.slice(0, 1).map(one => readControllerLog(view, finalizer, one)),
      ),
    blocked && {
      text: 'Fix the aggregated API or conversion webhook that the condition names; the namespace is then deleted without further action. Do not force it: the objects left in it would stay in etcd.',
      command: command(view, ['kubectl', 'get', 'apiservices']),
    },
    ...dead.flatMap(({ finalizer, owner }) => {
      const [workload] = owner.workloads;
      const restore =
        workload === undefined
          ? {
              text: `Install the controller of finalizer ${finalizer} again, so that it can clean up and remove the finalizer.`,
            }
          : {
              text: `Restore ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name}: it removes finalizer ${finalizer}.`,
              command: command(view, [
                'kubectl',
                'rollout',
                'status',
                ...named({
                  apiVersion: workload.apiVersion,
                  kind: workload.kind,
                  name: workload.metadata.name,
                  ...(workload.metadata.namespace !== undefined && { namespace: workload.metadata.namespace }),
                }),
              ]),
            };
      return [
        restore,
        ...held
          .filter(({ finalizers }) => finalizers.includes(finalizer))
          .slice(0, 5)
          .map(one => strip(view, namespace, one, finalizer)),
      ];
    }),
    !blocked &&
      owners.length === 0 && {
        text: 'See what is left in the namespace.',
        command: command(view, ['kubectl', 'describe', 'namespace', namespace]),
      },
  ];
}

/** For a controller that runs but does not remove its finalizer: its write is rejected, or its clean-up fails. */
const readControllerLog = (view: ClusterView, finalizer: string, { apiVersion, kind, metadata }: ViewObject) => ({
  text: `${kind} ${metadata.namespace}/${metadata.name} is running: see in its log why it does not remove finalizer ${finalizer}.`,
  command: command(view, [
    'kubectl',
    'logs',
    ...named({ apiVersion, kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) }),
    '--tail=50',
  ]),
});

/** Removes one finalizer from one object, only if it is still at the same place in the list. */
function strip(view: ClusterView, namespace: string, { apiVersion, kind, name, finalizers }: Held, finalizer: string) {
  const path = `/metadata/finalizers/${finalizers.indexOf(finalizer)}`;
  const patch = [
    { op: 'test', path, value: finalizer },
    { op: 'remove', path },
  ];
  return {
    text: `Only if its controller cannot be restored: remove finalizer ${finalizer} from ${kind} ${name}. What the controller should have cleaned up outside the cluster is left behind.`,
    command: patchCommand(view, named({ apiVersion, kind, namespace, name }), 'json', patch),
    safe: false,
  };
}

function becauseOf(
  view: ClusterView,
  namespace: string,
  reported: readonly Condition[],
  held: readonly Held[],
  owners: Owners,
): Cause[] {
  const discovery = reported.find(({ type }) => type === 'NamespaceDeletionDiscoveryFailure');
  const dead = owners.flatMap(({ owner }) => (owner.alive ? [] : owner.workloads));
  return [
    ...(discovery === undefined ? [] : apiServicesIn(view, discovery.message)),
    ...reported.flatMap(({ message }) => {
      const refusal = refusalIn(message);
      return refusal === undefined ? [] : blamedBy(view, refusal, namespace);
    }),
    ...held.map(({ kind, name }) => ({ kind, namespace, name })),
    ...[...new Map(held.map(one => [one.plural, one])).values()].flatMap(({ apiVersion, plural }) =>
      calledOnUpdate(view, { group: groupOf(apiVersion) ?? '', plural }),
    ),
    ...dead.map(one => causeOf(one)),
  ];
}

/** The APIServices that a discovery failure names, such as `metrics.k8s.io/v1beta1`; all aggregated ones when it names none. */
function apiServicesIn(view: ClusterView, message: string): Cause[] {
  const all = [...view.all('APIService')].filter(({ spec }) => spec.service !== undefined);
  const meant = all.filter(({ spec }) => message.includes(`${text(spec.group)}/${text(spec.version)}`));
  return (meant.length > 0 ? meant : all).map(({ metadata }) => ({
    kind: 'APIService',
    name: metadata.name,
    rule: 'apiservice/',
  }));
}
