import type { Node } from '../controllers/cluster/scheduler.ts';
import type { Container, Pod } from '../controllers/kinds.ts';
import { timestamp } from '../object.ts';
import type { Store } from '../store.ts';
import type { Behaviour } from './behaviour.ts';
import { missingEnvironment } from './environment.ts';
import { type Kubelet, recordEvents, report } from './kubelet-state.ts';
import { advancePod, type PodState } from './pod-state.ts';
import { podStatus } from './pod-status.ts';
import { missingVolume } from './volumes.ts';

const MOUNT_RETRY = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 122_000];

/** Advances a pod and reports its status. Returns the milliseconds until it must be reconciled again. */
export function runPod(kubelet: Kubelet, pod: Pod, podState: PodState): number | undefined {
  const { parts, programs, images } = kubelet;
  const prepared = prepare(kubelet, pod, podState);
  const now = parts.clock.now();
  const node = pod.spec.nodeName ?? '';
  const progress = advancePod(pod, podState, {
    now,
    cached: image => images.has(node, image),
    stamp: timestamp,
    externalBehaviour: (of, container) => behaviourOf(kubelet, of, container),
  });
  for (const c of progress.containers) if (c.state.running && c.image) images.add(node, c.image);
  writeLogs(kubelet, pod, progress.started);
  recordEvents(kubelet, pod, progress.notes);
  const facts = {
    hostIP: hostIP(parts.store, node),
    podIP: prepared ? podState.podIP : undefined,
    startTime: timestamp(podState.startedMs),
    at: timestamp(now),
    initialized: progress.initialized,
  };
  report(kubelet, pod, podStatus(pod, facts, progress.containers, progress.init));
  const again = [progress.wakeAt - now, programs.nextPollIn(pod) ?? Number.POSITIVE_INFINITY];
  return again.some(Number.isFinite) ? Math.max(1, Math.min(...again)) : undefined;
}

/** What a container does besides what its image and command say. */
function behaviourOf({ parts, hooks, programs }: Kubelet, pod: Pod, container: Container): Behaviour {
  const configError = missingEnvironment(pod, container, parts.store);
  return {
    ...hooks.externalBehaviour?.(pod, container),
    ...programs.behaviourOf(pod, container),
    ...(configError !== undefined && { configError }),
  };
}

/** Prepares network and volumes; false while something that the pod needs is missing. */
function prepare(kubelet: Kubelet, pod: Pod, podState: PodState): boolean {
  const { store, clock } = kubelet.parts;
  if (podState.podIP || podState.readyForContainersAt > clock.now()) return true;
  const missing = missingVolume(pod, store);
  if (missing) {
    const wait = MOUNT_RETRY[Math.min(podState.mountTries, MOUNT_RETRY.length - 1)] ?? 122_000;
    podState.mountTries++;
    podState.readyForContainersAt = clock.now() + wait;
    recordEvents(kubelet, pod, [{ about: pod, type: 'Warning', reason: 'FailedMount', message: missing.message }]);
    return false;
  }
  podState.podIP = kubelet.addresses.take(nodeIndex(store, pod.spec.nodeName));
  return true;
}

const hostIP = (store: Store, node: string): string =>
  store.get<Node>('nodes', undefined, node)?.status?.addresses?.[0]?.address ?? '10.0.0.1';

const nodeIndex = (store: Store, node: string | undefined): number =>
  Math.max(
    0,
    store.list('nodes').findIndex(n => n.metadata.name === node),
  );

function writeLogs({ parts, programs }: Kubelet, pod: Pod, started: readonly string[]): void {
  const { clock, logs } = parts;
  const { namespace = '', name } = pod.metadata;
  for (const container of started) {
    logs.rotate(namespace, name, container);
    const time = clock.now();
    logs.append(namespace, name, container, { time, text: `${timestamp(time)}\tINFO\tstarting ${container}` });
    programs.start(pod, container, text => logs.append(namespace, name, container, { time: clock.now(), text }));
  }
}
