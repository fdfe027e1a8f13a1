import type { Pod } from '../controllers/kinds.ts';
import { type NewObject, timestamp } from '../object.ts';
import type { Seeder } from './seeder.ts';

interface PastEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count: number;
}

/** The kubelet's events about a container that never started. */
function pastEventsOf(pod: Pod, index: number): PastEvent[] {
  const status = pod.status?.containerStatuses?.[index];
  const waiting = status?.state.waiting;
  if (!status || !waiting) return [];
  const { image, name } = status;
  if (waiting.reason === 'ImagePullBackOff') {
    const refusal = (waiting.message ?? '').replace(/^Back-off pulling image ".*": ErrImagePull: /, '');
    return [
      { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"`, count: 7 },
      { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${refusal}`, count: 7 },
      { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull', count: 7 },
      { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff', count: 60 },
      { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"`, count: 60 },
    ];
  }
  const { namespace, name: podName, uid } = pod.metadata;
  const message = `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${uid})`;
  return [{ type: 'Warning', reason: 'BackOff', message, count: 40 }];
}

/** Stores the Events that explain why a seeded pod is stuck; none for a running one. */
export function putPastEvents(s: Seeder, pod: Pod, hoursAgo: number): void {
  const now = s.clock.now();
  const first = timestamp(now - hoursAgo * 3_600_000);
  const last = timestamp(now - 20_000);
  const { namespace = '', name, uid } = pod.metadata;
  pod.spec.containers.forEach((container, i) => {
    pastEventsOf(pod, i).forEach((pastEvent, j) => {
      const event: NewObject = {
        metadata: {
          name: `${name}.${(BigInt(Math.floor(now - hoursAgo * 3_600_000)) * 1_000_000n + BigInt(i * 10 + j)).toString(16)}`,
          namespace,
        },
        involvedObject: {
          kind: 'Pod',
          namespace,
          name,
          uid,
          apiVersion: 'v1',
          fieldPath: `spec.containers{${container.name}}`,
        },
        ...pastEvent,
        source: { component: 'kubelet', host: pod.spec.nodeName },
        firstTimestamp: first,
        lastTimestamp: last,
        eventTime: null,
        reportingComponent: 'kubelet',
        reportingInstance: pod.spec.nodeName,
      };
      s.put('events', event, { hoursAgo, manager: 'kubelet' });
    });
  });
}
