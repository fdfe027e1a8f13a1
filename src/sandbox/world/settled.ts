import type { Container, Pod, PodStatus } from '../controllers/kinds.ts';
import { behaviourOf } from '../kubelet/behaviour.ts';
import { containerStatus, type Life, newLife } from '../kubelet/life.ts';
import { podStatus } from '../kubelet/pod-status.ts';
import { timestamp } from '../object.ts';

const CRASHES = 6;
const PULL_FAILURES = 7;

/** Where a container stands long after it was first started: running, or back in a back-off it never leaves. */
function settledLife(pod: Pod, container: Container, startedMs: number): Life {
  const life = newLife(startedMs);
  const { pullError, startError, exit, unready } = behaviourOf(pod, container);
  if (pullError) return { ...life, step: 'pull-backoff', pullFailures: PULL_FAILURES };
  if (startError || (exit && exit.code !== 0)) {
    const finishedAt = timestamp(startedMs + 600_000);
    const last = startError
      ? { exitCode: 128, reason: 'StartError', message: startError, startedAt: '1970-01-01T00:00:00Z', finishedAt }
      : { exitCode: exit?.code ?? 1, reason: exit?.reason ?? 'Error', startedAt: finishedAt, finishedAt };
    return { ...life, step: 'crash-backoff', crashes: CRASHES, restarts: CRASHES - 1, last };
  }
  return { ...life, step: 'running', startedAt: startedMs, ready: unready === undefined };
}

/** The status of a pod that was started at `startedMs` and has settled since. */
export function settledStatus(pod: Pod, podIP: string, hostIP: string, startedMs: number): PodStatus {
  const at = timestamp(startedMs);
  const statuses = pod.spec.containers.map(container =>
    containerStatus(settledLife(pod, container, startedMs), {
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
