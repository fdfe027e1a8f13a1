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
  howMany,
  PENDING_TOO_LONG,
  podRef,
  type UnreadyPodGroup,
  unreadyPodGroups,
  unreadyPodsFinding,
} from '../unready-pods.ts';
import { explain } from './explain.ts';
import { type Trouble, troubleOf } from './trouble.ts';

const stuck = (input: Pick<RuleInput, 'view' | 'now'>): UnreadyPodGroup<Trouble>[] =>
  unreadyPodGroups(input, pod => {
    const scheduled = condition(pod, 'PodScheduled');
    const isPlaced = text(pod.spec.nodeName) !== '' && pod.status.phase === 'Pending';
    const isCreating =
      containersOf(pod).some(one => one.waiting?.reason === 'ContainerCreating') ||
      containersOf(pod).every(one => !one.reported);
    const isInit = containersOf(pod).find(one => one.role === 'init' && one.waiting?.reason === 'PodInitializing');
    if (!isPlaced || !(isCreating || isInit) || input.now - (scheduled?.since ?? input.now) < PENDING_TOO_LONG)
      return undefined;
    const problem = troubleOf(input.view, pod);
    return {
      key: `${problem.is} ${problem.is === 'config' ? JSON.stringify(problem.missing) : 'volume' in problem ? problem.volume : ''}`,
      problem,
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
  *asks(input) {
    for (const { top, problem } of stuck(input))
      if (problem.is === 'config') yield* readsFor(top.ref.namespace ?? '', problem.missing) as Iterable<NamedRead>;
  },
  *look(input) {
    for (const group of stuck(input)) yield findingFor(input, group);
  },
};

function findingFor(input: RuleInput, group: UnreadyPodGroup<Trouble>): FindingDraft {
  const { view } = input;
  const pod = group.pods[0] as ViewObject;
  const explanation = explain(input, group, pod);
  const events = view.eventsAbout(podRef(pod)).slice(0, 3);
  return unreadyPodsFinding(group, {
    summary: `${howMany(group)} stuck in ContainerCreating: ${explanation.summary}`,
    evidence: [
      `on node ${text(pod.spec.nodeName)}`,
      ...events.map(one => `event ${one.reason}: "${one.message}"`),
      ...explanation.evidence,
    ],
    cause: explanation.cause,
    fixes: [...explanation.fixes, ...usualFixes(view, group)],
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
