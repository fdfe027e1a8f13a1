import type { Container, Pod, PodStatus } from '../controllers/kinds.ts';
import { behaviourOf } from '../kubelet/behaviour.ts';
import { type Lifecycle, newLifecycle } from '../kubelet/container-lifecycle.ts';
import { containerStatus } from '../kubelet/container-status.ts';
import { podStatus } from '../kubelet/pod-status.ts';
import { timestamp } from '../object.ts';

const CRASHES = 6;
const PULL_FAILURES = 7;

/** The lifecycle of a container long after it was first started: running, or in a permanent back-off. */
function settledLifecycle(pod: Pod, container: Container, startedMs: number): Lifecycle {
  const lifecycle = newLifecycle(startedMs);
  const { pullError, startError, exit, unready } = behaviourOf(pod, container);
  if (pullError) return { ...lifecycle, step: 'pull-backoff', pullFailures: PULL_FAILURES };
  if (startError || (exit && exit.code !== 0)) {
    const finishedAt = timestamp(startedMs + 600_000);
    const last = startError
      ? { exitCode: 128, reason: 'StartError', message: startError, startedAt: '1970-01-01T00:00:00Z', finishedAt }
      : { exitCode: exit?.code ?? 1, reason: exit?.reason ?? 'Error', startedAt: finishedAt, finishedAt };
    return { ...lifecycle, step: 'crash-backoff', crashes: CRASHES, restarts: CRASHES - 1, last };
  }
  return { ...lifecycle, step: 'running', startedAt: startedMs, ready: unready === undefined };
}

/** The status of a pod that was started at `startedMs` and has settled since. */
export function settledStatus(pod: Pod, podIP: string, hostIP: string, startedMs: number): PodStatus {
  const at = timestamp(startedMs);
  const statuses = pod.spec.containers.map(container =>
    containerStatus(settledLifecycle(pod, container, startedMs), {
      pod,
      container,
      behaviour: behaviourOf(pod, container),
      cached: true,
      mayStart: true,
      restartPolicy: 'Always',
      pullMs: 0,
      startMs: 0,
      stamp: timestamp,
    }),
  );
  return podStatus(pod, { hostIP, podIP, startTime: at, at, initialized: true }, statuses, []);
}
