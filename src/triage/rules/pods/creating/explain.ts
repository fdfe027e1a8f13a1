import type { ClusterView, ViewObject } from '../../../../health/view/cluster-view.ts';
import { fields, text } from '../../../../k8s/fields.ts';
import type { FixDraft } from '../../../finding/build.ts';
import { causeOf } from '../../../finding/cause.ts';
import type { Cause } from '../../../finding/finding.ts';
import { command } from '../../../finding/shell.ts';
import type { RuleInput } from '../../../rule.ts';
import { alternativesFor } from '../config-names.ts';
import { edit } from '../fixes.ts';
import { causesOfMissing, createMissing, missingText } from '../missing-config.ts';
import type { UnreadyPodGroup } from '../unready-pods.ts';
import type { Trouble } from './trouble.ts';

/** What a finding says about one problem. */
export interface Explanation {
  summary: string;
  cause: string;
  evidence: (string | false | undefined)[];
  fixes: (FixDraft | false | undefined)[];
  because: Cause[];
}

/** Says what the problem is, why it occurs, and what to do. */
export function explain(
  { view, answers }: RuleInput,
  { top, problem }: UnreadyPodGroup<Trouble>,
  pod: ViewObject,
): Explanation {
  const namespace = top.ref.namespace ?? '';
  const none = { evidence: [], fixes: [], because: [] };
  switch (problem.is) {
    case 'config':
      return explainConfig(view, alternativesFor(view, answers, namespace, problem.missing), top, problem);
    case 'attach':
      return explainAttach(view, top, problem.message);
    case 'claim':
      return {
        ...none,
        summary: `volume claim: ${problem.message}`,
        cause: problem.message,
        fixes: [edit(view, top, 'Create the persistent volume claim, or correct its name in spec.volumes.')],
      };
    case 'mount':
      return explainMount(view, top, problem);
    case 'sandbox':
      return {
        ...none,
        summary: `the network or sandbox of the pod cannot be set up: ${shortened(problem.message)}`,
        cause: `The container runtime or the network plugin (CNI) on node ${text(pod.spec.nodeName)} fails: ${shortened(problem.message)}`,
        fixes: [
          NO_ADDRESS.test(problem.message) && {
            text: 'Give the nodes more pod addresses (a larger pod CIDR or subnet, more addresses for each node), or run fewer pods on the node.',
          },
          {
            text: `Check the network plugin (CNI) and the kubelet on node ${text(pod.spec.nodeName)}.`,
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
        summary: problem.message === '' ? 'no event says why' : shortened(problem.message),
        cause: `The kubelet of node ${text(pod.spec.nodeName)} has not created the containers${problem.message && `: ${shortened(problem.message)}`}.`,
      };
  }
}

/** The network plugin has no address left for another pod. */
const NO_ADDRESS =
  /assign an IP address|no (?:available )?IP addresses|no addresses available|failed to allocate .*(?:IP|address)|range set|ipam/i;

const shortened = (words: string): string => (words.length > 240 ? `…${words.slice(-240)}` : words);

function explainConfig(
  view: ClusterView,
  { near, existing, unread }: ReturnType<typeof alternativesFor>,
  top: UnreadyPodGroup<Trouble>['top'],
  { missing, volume }: Extract<Trouble, { is: 'config' }>,
): Explanation {
  const { kind, name, key } = missing;
  const namespace = top.ref.namespace ?? '';
  return {
    summary: `volume ${volume} cannot be mounted: ${missingText(missing)}${near ? `; ${near} exists` : ''}`,
    cause: `Volume ${volume} takes its files from ${kind} ${name}${key === undefined ? ', which does not exist' : `, which has no key ${key}`}.${near ? ` The most similar existing name is ${near}.` : ''}`,
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
        command:
          key === undefined
            ? createMissing(view, namespace, missing)
            : command(view, ['kubectl', 'edit', kind.toLowerCase(), name ?? '', '-n', namespace]),
      },
    ],
    because: causesOfMissing(view, namespace, missing),
  };
}

function explainAttach(view: ClusterView, top: UnreadyPodGroup<Trouble>['top'], words: string): Explanation {
  const volume = /volume "([^"]+)"/.exec(words)?.[1] ?? '';
  const isMulti = /Multi-Attach/.test(words);
  const attachments = [...view.all('VolumeAttachment')].filter(
    one => text(fields(one.spec.source).persistentVolumeName) === volume,
  );
  const holders = /used by pod\(s\) (.+)$/.exec(words)?.[1]?.split(/, ?/) ?? [];
  const nodes = attachments.map(one => text(one.spec.nodeName));
  return {
    summary: isMulti
      ? `volume ${volume} is still attached to another node (Multi-Attach)${holders.length > 0 ? `, used by pod ${holders.join(', ')}` : ''}`
      : `volume ${volume} cannot be attached: ${shortened(words)}`,
    cause: isMulti
      ? `The volume can be used on one node only (ReadWriteOnce), and ${nodes.length > 0 ? `node ${nodes.join(', ')}` : 'another node'} is still using it${holders.length > 0 ? ` for pod ${holders.join(', ')}` : ''}.`
      : words,
    evidence: attachments.map(
      one =>
        `VolumeAttachment ${one.metadata.name}: node ${text(one.spec.nodeName)}, attached ${String(one.status.attached)}${one.metadata.deletionTimestamp ? ', being deleted' : ''}`,
    ),
    fixes: [
      isMulti && holders.length > 0
        ? {
            text: `Delete the pod that still uses the volume, if that is acceptable.`,
            command: command(view, ['kubectl', 'delete', 'pod', holders[0] ?? '', '-n', top.ref.namespace ?? '']),
            safe: false,
          }
        : undefined,
      isMulti
        ? edit(
            view,
            top,
            'Use strategy Recreate (a rolling update mounts the volume in two pods at once), or a volume that several nodes may use.',
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
  top: UnreadyPodGroup<Trouble>['top'],
  { message, volume }: Extract<Trouble, { is: 'mount' }>,
): Explanation {
  const driver = /driver name (\S+) not found in the list of registered CSI drivers/.exec(message)?.[1];
  return {
    summary: driver
      ? `volume ${volume}: CSI driver ${driver} is not running on the node`
      : `volume ${volume} cannot be mounted: ${shortened(message)}`,
    cause: driver
      ? `CSI driver ${driver} is not registered with the kubelet: its node plugin is not running there.`
      : message,
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
          ...[...view.all('DaemonSet')].filter(one => /csi/.test(one.metadata.name)).map(one => causeOf(one)),
        ]
      : [],
  };
}
