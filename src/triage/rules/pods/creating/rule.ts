import type { ViewObject } from '../../../../health/view/cluster-view.ts';
import { text } from '../../../../k8s/fields.ts';
import { condition } from '../../../facts/fields.ts';
import type { FindingDraft } from '../../../finding/build.ts';
import type { Rule, RuleInput } from '../../../rule.ts';
import type { NamedRead } from '../../../run/named-read.ts';
import { claimsOf } from '../../storage/claims.ts';
import { readsFor } from '../config-names.ts';
import { containersOf } from '../containers.ts';
import { usualFixes } from '../fixes.ts';
import {
  aboutUnwellPods,
  howMany,
  PENDING_TOO_LONG,
  podRef,
  type UnwellPods,
  unwellPodGroups,
} from '../unwell-pods.ts';
import { explain } from './explain.ts';
import { type Trouble, troubleOf } from './trouble.ts';

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
      'Pods that were scheduled more than two minutes ago and are still ContainerCreating, with the events FailedMount, FailedAttachVolume and FailedCreatePodSandBox, and the ConfigMaps that their volumes use.',
    why: 'The kubelet creates the containers only after every volume is mounted and the network of the pod is set up.',
    whatToDo:
      'Create the missing ConfigMap, Secret or key, detach the volume from the node that uses it, or fix the storage driver or the network plugin.',
  },
  *asks(looking) {
    for (const { top, what } of stuck(looking))
      if (what.is === 'config') yield* readsFor(top.ref.namespace ?? '', what.missing) as Iterable<NamedRead>;
  },
  *look(looking) {
    for (const sick of stuck(looking)) yield found(looking, sick);
  },
};

function found(looking: RuleInput, sick: UnwellPods<Trouble>): FindingDraft {
  const { view } = looking;
  const pod = sick.pods[0] as ViewObject;
  const explanation = explain(looking, sick, pod);
  const events = view.eventsAbout(podRef(pod)).slice(0, 3);
  return aboutUnwellPods(sick, {
    summary: `${howMany(sick)} stuck in ContainerCreating: ${explanation.what}`,
    evidence: [
      `on node ${text(pod.spec.nodeName)}`,
      ...events.map(one => `event ${one.reason}: "${one.message}"`),
      ...explanation.evidence,
    ],
    cause: explanation.why,
    fixes: [...explanation.fixes, ...usualFixes(view, sick)],
    because: [
      ...explanation.because,
      ...claimsOf(view, pod).map(({ name }) => ({
        kind: 'PersistentVolumeClaim',
        namespace: pod.metadata.namespace ?? '',
        name,
      })),
    ],
  });
}
