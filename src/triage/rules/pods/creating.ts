import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import type { FindingDraft, FixDraft } from '../../build.ts';
import { condition } from '../../fields.ts';
import type { Cause } from '../../finding.ts';
import type { NamedRead } from '../../named-read.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { command } from '../../shell.ts';
import { claimsOf } from '../storage/claims.ts';
import { insteadOf, readsFor } from './config-names.ts';
import { containersOf } from './containers.ts';
import { describe, edit, rollBack } from './fixes.ts';
import { type MissingConfig, makersOf, missingConfig } from './missing-config.ts';
import {
  howMany,
  PENDING_TOO_LONG,
  podNames,
  podRef,
  type UnwellPods,
  unreadySince,
  unwellPodGroups,
  usualCauses,
} from './unwell-pods.ts';

/** What keeps a scheduled pod from starting its first container. */
type Trouble =
  | { is: 'config'; missing: MissingConfig; volume: string }
  | { is: 'claim'; words: string }
  | { is: 'attach'; words: string }
  | { is: 'mount'; words: string; volume: string }
  | { is: 'sandbox'; words: string }
  | { is: 'unknown'; words: string };

const stuck = (looking: Pick<RuleInput, 'view' | 'now'>): UnwellPods<Trouble>[] =>
  unwellPodGroups(looking, pod => {
    const scheduled = condition(pod, 'PodScheduled');
    const isPlaced = text(pod.spec.nodeName) !== '' && pod.status.phase === 'Pending';
    const isCreating =
      containersOf(pod).some(one => one.waiting?.reason === 'ContainerCreating') ||
      containersOf(pod).every(one => !one.reported);
    const isInit = containersOf(pod).find(one => one.role === 'init' && one.waiting?.reason === 'PodInitializing');
    if (!isPlaced || !(isCreating || isInit) || looking.now - (scheduled?.since ?? looking.now) < PENDING_TOO_LONG)
      return undefined;
    const what = troubleOf(looking.view, pod);
    return {
      key: `${what.is} ${what.is === 'config' ? JSON.stringify(what.missing) : 'volume' in what ? what.volume : ''}`,
      what,
    };
  });

function troubleOf(view: ClusterView, pod: ViewObject): Trouble {
  const events = view.eventsAbout(podRef(pod));
  const messages = (reason: string) => events.filter(one => one.reason === reason).map(one => one.message);
  const mounts = messages('FailedMount');
  const setUp = mounts.find(one => !/^Unable to attach or mount volumes/.test(one)) ?? mounts[0];
  const volume = /volume "([^"]+)"/.exec(setUp ?? '')?.[1] ?? '';
  const missing = setUp === undefined ? undefined : missingConfig(setUp);
  if (missing)
    return {
      is: 'config',
      missing: { ...missing, name: missing.name ?? sourceOf(pod, volume, missing.kind) },
      volume,
    };
  const attach = messages('FailedAttachVolume')[0];
  if (attach !== undefined) return { is: 'attach', words: attach };
  const absent = absentConfig(view, pod);
  if (absent) return absent;
  const sandbox = messages('FailedCreatePodSandBox')[0];
  if (setUp !== undefined)
    return /persistentvolumeclaim|PVC|claim/i.test(setUp)
      ? { is: 'claim', words: setUp }
      : { is: 'mount', words: setUp, volume };
  if (sandbox !== undefined) return { is: 'sandbox', words: sandbox };
  return { is: 'unknown', words: events[0] ? `${events[0].reason}: ${events[0].message}` : '' };
}

/** The object that a volume gets its files from; a projected volume has several. */
function sourceOf(pod: ViewObject, volume: string, kind: MissingConfig['kind']): string | undefined {
  const found = list(pod.spec.volumes).find(one => text(one.name) === volume);
  const sources = [fields(found), ...list(fields(found?.projected).sources)];
  return sources
    .map(one =>
      kind === 'ConfigMap'
        ? text(fields(one.configMap).name)
        : text(fields(one.secret).secretName) || text(fields(one.secret).name),
    )
    .find(one => one !== '');
}

/** When the events have expired, the view still shows that a ConfigMap of a volume is missing. */
function absentConfig(view: ClusterView, pod: ViewObject): Trouble | undefined {
  if (view.sync('ConfigMap').state === 'blind') return undefined;
  for (const volume of list(pod.spec.volumes)) {
    const source = fields(volume.configMap);
    const name = text(source.name);
    if (name === '' || source.optional === true || view.get('ConfigMap', pod.metadata.namespace, name)) continue;
    return { is: 'config', missing: { kind: 'ConfigMap', name, key: undefined }, volume: text(volume.name) };
  }
  return undefined;
}

/**
 * Pods that have a node and whose containers are not created: a volume cannot be mounted, or the network cannot be
 * set up.
 */
export const stuckCreating: Rule = {
  id: 'pod/stuck-creating',
  gate: 'G9',
  needs: ['Pod'],
  wants: [
    'ConfigMap',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'VolumeAttachment',
    'CSIDriver',
    'ReplicaSet',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'Event',
    'ExternalSecret',
    'Certificate',
  ],
  about: {
    looksAt:
      'Pods that have had a node for more than two minutes and are still ContainerCreating, with the events FailedMount, FailedAttachVolume and FailedCreatePodSandBox, and the ConfigMaps that their volumes name.',
    why: 'A kubelet creates no container before every volume is mounted and the network of the pod is set up.',
    whatToDo:
      'Create the missing ConfigMap, Secret or key, free the volume from the node that holds it, or fix the storage driver or the network plugin.',
  },
  *asks(looking) {
    for (const { top, what } of stuck(looking))
      if (what.is === 'config') yield* readsFor(top.ref.namespace ?? '', what.missing) as Iterable<NamedRead>;
  },
  *look(looking) {
    for (const sick of stuck(looking)) yield found(looking, sick);
  },
};

interface Explanation {
  what: string;
  why: string;
  evidence: (string | false | undefined)[];
  fixes: (FixDraft | false | undefined)[];
  because: Cause[];
}

function found(looking: RuleInput, sick: UnwellPods<Trouble>): FindingDraft {
  const { view } = looking;
  const { top, pods } = sick;
  const pod = pods[0] as ViewObject;
  const explanation = explain(looking, sick, pod);
  const events = view.eventsAbout(podRef(pod)).slice(0, 3);
  return {
    severity: 'high',
    object: top.object ?? top.ref,
    summary: `${howMany(sick)} stuck in ContainerCreating: ${explanation.what}`,
    since: unreadySince(pods),
    evidence: [
      podNames(pods),
      `on node ${text(pod.spec.nodeName)}`,
      ...events.map(one => `event ${one.reason}: "${one.message}"`),
      ...explanation.evidence,
    ],
    cause: explanation.why,
    fixes: [...explanation.fixes, rollBack(view, top), describe(view, podRef(pod), 'Read every event of the pod.')],
    because: [
      ...usualCauses(sick),
      ...explanation.because,
      ...claimsOf(view, pod).map(({ name }) => ({
        kind: 'PersistentVolumeClaim',
        namespace: pod.metadata.namespace ?? '',
        name,
      })),
    ],
  };
}

function explain({ view, answers }: RuleInput, { top, what }: UnwellPods<Trouble>, pod: ViewObject): Explanation {
  const namespace = top.ref.namespace ?? '';
  const none = { evidence: [], fixes: [], because: [] };
  switch (what.is) {
    case 'config':
      return explainConfig(view, insteadOf(view, answers, namespace, what.missing), top, what);
    case 'attach':
      return explainAttach(view, top, what.words);
    case 'claim':
      return {
        ...none,
        what: `volume claim: ${what.words}`,
        why: what.words,
        fixes: [edit(view, top, 'Create the persistent volume claim, or correct its name in spec.volumes.')],
      };
    case 'mount':
      return explainMount(view, top, what);
    case 'sandbox':
      return {
        ...none,
        what: `the network or sandbox of the pod cannot be set up: ${shortened(what.words)}`,
        why: `The container runtime or the network plugin (CNI) on node ${text(pod.spec.nodeName)} fails: ${shortened(what.words)}`,
        fixes: [
          NO_ADDRESS.test(what.words) && {
            text: 'Give the nodes more addresses for pods: a larger pod CIDR or subnet, more addresses for each node; or free some, by fewer pods on the node.',
          },
          {
            text: `Look at the network plugin (CNI) and the kubelet on node ${text(pod.spec.nodeName)}.`,
            command: command(view, [
              'kubectl',
              'get',
              'pods',
              '-n',
              'kube-system',
              '--field-selector',
              `spec.nodeName=${text(pod.spec.nodeName)}`,
              '-o',
              'wide',
            ]),
          },
        ],
        because: [...view.inNamespace('DaemonSet', 'kube-system')].map(one => ({
          kind: 'DaemonSet',
          namespace: 'kube-system',
          name: one.metadata.name,
        })),
      };
    default:
      return {
        ...none,
        what: what.words === '' ? 'no event says why' : shortened(what.words),
        why: `The kubelet of node ${text(pod.spec.nodeName)} has not created the containers${what.words && `: ${shortened(what.words)}`}.`,
      };
  }
}

/** The network plugin has no address left for another pod. */
const NO_ADDRESS =
  /assign an IP address|no (?:available )?IP addresses|no addresses available|failed to allocate .*(?:IP|address)|range set|ipam/i;

const shortened = (words: string): string => (words.length > 240 ? `…${words.slice(-240)}` : words);

function explainConfig(
  view: ClusterView,
  { near, existing, unread }: ReturnType<typeof insteadOf>,
  top: UnwellPods<Trouble>['top'],
  { missing, volume }: Extract<Trouble, { is: 'config' }>,
): Explanation {
  const { kind, name, key } = missing;
  const noun = kind === 'ConfigMap' ? 'config map' : 'secret';
  const what = key === undefined ? `${noun} ${name} not found` : `${noun} key ${key} is missing in ${kind} ${name}`;
  const namespace = top.ref.namespace ?? '';
  return {
    what: `volume ${volume} cannot be mounted: ${what}${near ? `; ${near} exists` : ''}`,
    why: `Volume ${volume} takes its files from ${kind} ${name}${key === undefined ? ', which does not exist' : `, which has no key ${key}`}.${near ? ` The nearest existing one is ${near}.` : ''}`,
    evidence: [
      existing.length > 0 &&
        `${key === undefined ? `${kind}s in ${namespace}` : `keys of ${kind} ${name}`}: ${existing.slice(0, 30).join(', ')}`,
      unread !== undefined && `not read: ${unread}`,
    ],
    fixes: [
      near === undefined
        ? undefined
        : edit(
            view,
            top,
            `Correct the ${key === undefined ? 'name' : 'key'} in volume ${volume}: ${near} exists, ${key ?? name} does not.`,
          ),
      {
        text:
          key === undefined ? `Create the missing ${kind} ${name}.` : `Add the missing key ${key} to ${kind} ${name}.`,
        command: command(
          view,
          key === undefined
            ? [
                'kubectl',
                'create',
                ...(kind === 'Secret' ? ['secret', 'generic'] : ['configmap']),
                name ?? '',
                '-n',
                namespace,
                '--from-literal=KEY=VALUE',
              ]
            : ['kubectl', 'edit', kind.toLowerCase(), name ?? '', '-n', namespace],
        ),
      },
    ],
    because: makersOf(view, namespace, missing),
  };
}

function explainAttach(view: ClusterView, top: UnwellPods<Trouble>['top'], words: string): Explanation {
  const volume = /volume "([^"]+)"/.exec(words)?.[1] ?? '';
  const isMulti = /Multi-Attach/.test(words);
  const attachments = [...view.all('VolumeAttachment')].filter(
    one => text(fields(one.spec.source).persistentVolumeName) === volume,
  );
  const holders = /used by pod\(s\) (.+)$/.exec(words)?.[1]?.split(/, ?/) ?? [];
  const nodes = attachments.map(one => text(one.spec.nodeName));
  return {
    what: isMulti
      ? `volume ${volume} is still attached to another node (Multi-Attach)${holders.length > 0 ? `, used by pod ${holders.join(', ')}` : ''}`
      : `volume ${volume} cannot be attached: ${shortened(words)}`,
    why: isMulti
      ? `The volume can be used on one node only (ReadWriteOnce), and ${nodes.length > 0 ? `node ${nodes.join(', ')}` : 'another node'} still holds it${holders.length > 0 ? ` for pod ${holders.join(', ')}` : ''}.`
      : words,
    evidence: attachments.map(
      one =>
        `VolumeAttachment ${one.metadata.name}: node ${text(one.spec.nodeName)}, attached ${String(one.status.attached)}${one.metadata.deletionTimestamp ? ', being deleted' : ''}`,
    ),
    fixes: [
      isMulti && holders.length > 0
        ? {
            text: `Delete the pod that still holds the volume, if it may go.`,
            command: command(view, ['kubectl', 'delete', 'pod', holders[0] ?? '', '-n', top.ref.namespace ?? '']),
            safe: false,
          }
        : undefined,
      isMulti
        ? edit(
            view,
            top,
            'Use strategy Recreate (a rolling update needs the volume twice), or a volume that several nodes may use.',
          )
        : undefined,
      {
        text: 'Look at the attachments of the volume.',
        command: command(view, ['kubectl', 'get', 'volumeattachments']),
      },
    ],
    because: [
      ...attachments.map(one => ({ kind: 'VolumeAttachment', name: one.metadata.name })),
      { kind: 'PersistentVolume', name: volume },
      ...nodes.map(name => ({ kind: 'Node', name })),
      ...holders.map(name => ({ kind: 'Pod', name, ...(top.ref.namespace && { namespace: top.ref.namespace }) })),
    ],
  };
}

function explainMount(
  view: ClusterView,
  top: UnwellPods<Trouble>['top'],
  { words, volume }: Extract<Trouble, { is: 'mount' }>,
): Explanation {
  const driver = /driver name (\S+) not found in the list of registered CSI drivers/.exec(words)?.[1];
  return {
    what: driver
      ? `volume ${volume}: CSI driver ${driver} does not run on the node`
      : `volume ${volume} cannot be mounted: ${shortened(words)}`,
    why: driver ? `The kubelet knows no CSI driver ${driver}: its node plugin does not run there.` : words,
    evidence: [],
    fixes: [
      driver
        ? {
            text: `Look at the node plugin (DaemonSet) of ${driver}.`,
            command: command(view, ['kubectl', 'get', 'csidrivers,csinodes']),
          }
        : edit(view, top, `Correct volume ${volume} as the kubelet says.`),
    ],
    because: driver
      ? [
          { kind: 'CSIDriver', name: driver },
          ...[...view.all('DaemonSet')]
            .filter(one => /csi/.test(one.metadata.name))
            .map(one => ({
              kind: 'DaemonSet',
              name: one.metadata.name,
              ...(one.metadata.namespace && { namespace: one.metadata.namespace }),
            })),
        ]
      : [],
  };
}
