import type { Note, Pod, PodStatus } from '../controllers/kinds.ts';
import { timestamp } from '../object.ts';
import { type Kubelet, recordEvents, report } from './kubelet-state.ts';
import type { PodState } from './pod-state.ts';

/** Stops a pod that is being deleted. Returns the milliseconds until it must be reconciled again. */
export function stopPod(kubelet: Kubelet, pod: Pod, podState: PodState): number | undefined {
  const { parts, programs, addresses } = kubelet;
  const { store, clock } = parts;
  const now = clock.now();
  const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  if (podState.killAt === undefined) {
    podState.killAt = now + Math.min(grace, podState.stopMs);
    recordEvents(kubelet, pod, stopNotes(pod));
  }
  const runs = programs.stop(pod, podState.stopRequestedAt !== undefined && now >= podState.stopRequestedAt + grace);
  podState.stopRequestedAt ??= now;
  if (runs) return programs.nextPollIn(pod);
  if (now < podState.killAt) return podState.killAt - now;
  if (podState.finished) return undefined;
  podState.finished = true;
  addresses.free(podState.podIP);
  report(
    kubelet,
    pod,
    stopped(pod, timestamp(now), name => programs.exitCodeOf(pod, name) ?? 0),
  );
  const { namespace, name, uid } = pod.metadata;
  const left = store.get('pods', namespace, name);
  if (left?.metadata.uid === uid && (left.metadata.deletionGracePeriodSeconds ?? 0) > 0) {
    store.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
  }
  return undefined;
}

const stopNotes = (pod: Pod): Note[] =>
  (pod.status?.containerStatuses ?? [])
    .filter(c => c.state.running)
    .map(c => ({
      about: pod,
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${c.name}`,
      fieldPath: `spec.containers{${c.name}}`,
    }));

/** The status of a pod whose containers were stopped. */
function stopped(pod: Pod, at: string, exitCodeOf: (container: string) => number): PodStatus {
  const containerStatuses = (pod.status?.containerStatuses ?? []).map(c =>
    c.state.running
      ? {
          ...c,
          ready: false,
          started: false,
          state: {
            terminated: {
              exitCode: exitCodeOf(c.name),
              reason: exitCodeOf(c.name) === 0 ? 'Completed' : 'Error',
              startedAt: c.state.running.startedAt,
              finishedAt: at,
            },
          },
        }
      : c,
  );
  const unready = `containers with unready status: [${pod.spec.containers.map(c => c.name).join(' ')}]`;
  const conditions = (pod.status?.conditions ?? []).map(c =>
    (c.type === 'Ready' || c.type === 'ContainersReady') && c.status === 'True'
      ? { ...c, status: 'False' as const, reason: 'ContainersNotReady', message: unready, lastTransitionTime: at }
      : c,
  );
  return { ...pod.status, conditions, containerStatuses };
}
