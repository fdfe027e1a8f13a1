import { isDown, podKeysOn } from '../controllers/cluster/node-lifecycle.ts';
import type { Node } from '../controllers/cluster/scheduler.ts';
import { type Controller, ownKey, placeOfKey } from '../controllers/engine.ts';
import type { Container, Note, Pod, PodStatus } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { isFinished, isTerminating } from '../controllers/pods.ts';
import { sameJson, timestamp } from '../object.ts';
import { createAddresses } from './addresses.ts';
import type { Behaviour } from './behaviour.ts';
import { missingEnvironment } from './environment.ts';
import { advancePod, lifecycleFromStatus, type PodState } from './pod-state.ts';
import { podStatus } from './pod-status.ts';
import { createPrograms, type Programs } from './programs.ts';
import { missingVolume } from './volumes.ts';

/** How other parts of the sandbox influence containers. */
export interface KubeletHooks {
  /** Behaviour from outside, such as a crash on a bad configuration; it overrides that of image and command. */
  externalBehaviour?: (pod: Pod, container: Container) => Behaviour;
  programs?: Programs;
}

const BY = { by: { manager: 'kubelet', subresource: 'status' } } as const;
const MOUNT_RETRY = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 122_000];

/** The kubelets of all nodes: run the pods that are bound to a node, report their status, and stop them. */
export function kubelet(parts: Parts, hooks: KubeletHooks = {}): Controller {
  const { store, clock, random, record, logs } = parts;
  const podStates = new Map<string, PodState>();
  const programs = hooks.programs ?? createPrograms(undefined);
  const addresses = createAddresses();
  const images = new Map<string, Set<string>>();
  const between = (low: number, high: number) => Math.round(low + random.next() * (high - low));

  const keepImages = (pod: Pod) => {
    // Images of pods that ran before the sandbox was started are on every node.
    for (const { image } of pod.spec.containers) if (image) known('').add(image);
  };
  const known = (node: string): Set<string> => {
    const set = images.get(node) ?? new Set<string>();
    images.set(node, set);
    return set;
  };
  const cached = (node: string) => (image: string) => known('').has(image) || known(node).has(image);

  const admit = (pod: Pod): PodState => {
    const now = clock.now();
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const lifecycles = new Map(statuses.map(s => [s.name, lifecycleFromStatus(s, now)]));
    const podIP = pod.status?.podIP;
    if (podIP) addresses.hold(podIP);
    if (statuses.some(s => s.state.running)) keepImages(pod);
    return {
      lifecycles,
      podIP,
      startedMs: pod.status?.startTime ? Date.parse(pod.status.startTime) : now,
      readyForContainersAt: statuses.length > 0 ? 0 : now + between(250, 600),
      mountTries: 0,
      finished: false,
      pullMs: between(500, 1300),
      startMs: between(100, 300),
      stopMs: between(500, 1100),
    };
  };

  const say = (pod: Pod, notes: readonly Note[]) => {
    const reporter = { component: 'kubelet', host: pod.spec.nodeName ?? '', manager: 'kubelet' };
    for (const note of notes) record(reporter, note);
  };

  const report = (pod: Pod, status: PodStatus) => {
    // Conditions that others wrote (readiness gates, disruption) stay.
    const mine = new Set((status.conditions ?? []).map(c => c.type));
    const others = (pod.status?.conditions ?? []).filter(c => !mine.has(c.type));
    const next = { ...pod.status, ...status, conditions: [...(status.conditions ?? []), ...others] };
    if (sameJson(pod.status, next)) return;
    const change = (draft: Pod) => {
      if (draft.metadata.uid !== pod.metadata.uid) return false;
      draft.status = next;
      return draft;
    };
    store.modify<Pod>('pods', pod.metadata.namespace, pod.metadata.name, change, BY);
  };

  const hostIP = (node: string | undefined): string =>
    store.get<Node>('nodes', undefined, node ?? '')?.status?.addresses?.[0]?.address ?? '10.0.0.1';
  const nodeIndex = (node: string | undefined): number =>
    Math.max(
      0,
      store.list('nodes').findIndex(n => n.metadata.name === node),
    );

  /** Prepares network and volumes; false while something that the pod needs is missing. */
  const prepare = (pod: Pod, podState: PodState): boolean => {
    if (podState.podIP || podState.readyForContainersAt > clock.now()) return true;
    const missing = missingVolume(pod, store);
    if (missing) {
      const wait = MOUNT_RETRY[Math.min(podState.mountTries, MOUNT_RETRY.length - 1)] ?? 122_000;
      podState.mountTries++;
      podState.readyForContainersAt = clock.now() + wait;
      say(pod, [{ about: pod, type: 'Warning', reason: 'FailedMount', message: missing.message }]);
      return false;
    }
    podState.podIP = addresses.take(nodeIndex(pod.spec.nodeName));
    return true;
  };

  const writeLogs = (pod: Pod, started: readonly string[]) => {
    const { namespace = '', name } = pod.metadata;
    for (const container of started) {
      logs.rotate(namespace, name, container);
      const time = clock.now();
      logs.append(namespace, name, container, { time, text: `${timestamp(time)}\tINFO\tstarting ${container}` });
      programs.start(pod, container, text => logs.append(namespace, name, container, { time: clock.now(), text }));
    }
  };

  const run = (pod: Pod, podState: PodState): number | undefined => {
    const prepared = prepare(pod, podState);
    const now = clock.now();
    const node = pod.spec.nodeName ?? '';
    const externalBehaviour = (of: Pod, container: Container): Behaviour => {
      const configError = missingEnvironment(of, container, store);
      return {
        ...hooks.externalBehaviour?.(of, container),
        ...programs.fate(of, container),
        ...(configError !== undefined && { configError }),
      };
    };
    const progress = advancePod(pod, podState, { now, cached: cached(node), stamp: timestamp, externalBehaviour });
    for (const c of progress.containers) if (c.state.running && c.image) known(node).add(c.image);
    writeLogs(pod, progress.started);
    say(pod, progress.notes);
    const facts = {
      hostIP: hostIP(node),
      podIP: prepared ? podState.podIP : undefined,
      startTime: timestamp(podState.startedMs),
      at: timestamp(now),
      initialized: progress.initialized,
    };
    report(pod, podStatus(pod, facts, progress.containers, progress.init));
    const again = [progress.wakeAt - now, programs.lookAgainIn(pod) ?? Number.POSITIVE_INFINITY];
    return again.some(Number.isFinite) ? Math.max(1, Math.min(...again)) : undefined;
  };

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

  const terminate = (pod: Pod, podState: PodState): number | undefined => {
    const now = clock.now();
    const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    if (podState.killAt === undefined) {
      podState.killAt = now + Math.min(grace, podState.stopMs);
      say(pod, stopNotes(pod));
    }
    const runs = programs.stop(pod, podState.stopAskedAt !== undefined && now >= podState.stopAskedAt + grace);
    podState.stopAskedAt ??= now;
    if (runs) return programs.lookAgainIn(pod);
    if (now < podState.killAt) return podState.killAt - now;
    if (podState.finished) return undefined;
    podState.finished = true;
    addresses.free(podState.podIP);
    report(
      pod,
      stopped(pod, timestamp(now), name => programs.exitCodeOf(pod, name) ?? 0),
    );
    const { namespace, name, uid } = pod.metadata;
    const left = store.get('pods', namespace, name);
    if (left?.metadata.uid === uid && (left.metadata.deletionGracePeriodSeconds ?? 0) > 0) {
      store.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    }
    return undefined;
  };

  return {
    name: 'kubelet',
    watches: {
      // A kubelet that comes back looks at all its pods.
      nodes: ({ object, previous }) =>
        isDown(previous as Node | undefined) && !isDown(object as Node)
          ? podKeysOn(store.list<Pod>('pods'), object.metadata.name)
          : [],
      pods(event) {
        const pod = event.object as Pod;
        if (event.type !== 'DELETED') return ownKey(event);
        podStates.delete(pod.metadata.uid);
        programs.drop(pod.metadata.uid);
        addresses.free(pod.status?.podIP);
        logs.drop(pod.metadata.namespace ?? '', pod.metadata.name);
        return [];
      },
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const pod = store.get<Pod>('pods', namespace, name);
      if (!pod?.spec.nodeName || isDown(store.get<Node>('nodes', undefined, pod.spec.nodeName))) return undefined;
      const podState = podStates.get(pod.metadata.uid) ?? admit(pod);
      podStates.set(pod.metadata.uid, podState);
      if (isTerminating(pod)) return terminate(pod, podState);
      if (isFinished(pod)) return undefined;
      return run(pod, podState);
    },
  };
}

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
