import type { Container, ContainerStatus, Note, Pod } from '../controllers/kinds.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { advance, type ContainerContext, type Lifecycle, newLifecycle } from './container-lifecycle.ts';
import { containerStatus } from './container-status.ts';

/**
 * What the kubelet keeps about a pod: the lifecycles of its containers and the times of its own steps (milliseconds).
 */
export interface PodState {
  lifecycles: Map<string, Lifecycle>;
  podIP: string | undefined;
  startedMs: number;
  /** When sandbox and volumes are ready. */
  readyForContainersAt: number;
  /** Failed attempts to mount, for the back-off. */
  mountTries: number;
  /** When the containers have stopped after a deletion. */
  killAt?: number;
  /** When its programs were asked to end. */
  stopRequestedAt?: number;
  finished: boolean;
  pullMs: number;
  startMs: number;
  stopMs: number;
}

export interface Conditions {
  now: number;
  cached: (image: string) => boolean;
  stamp: (ms: number) => string;
  /** Behaviour from outside that overrides the container's own, such as a crash on a broken configuration. */
  externalBehaviour: (pod: Pod, container: Container) => Behaviour;
}

/** The first probe comes this long after its initial delay. */
const PROBE_MS = 800;
/** A back-off that was under way when the sandbox started ends after this; how much of it has passed is not known. */
const UNKNOWN_BACKOFF_MS = 100_000;
const INIT_RUN = { code: 0, afterMs: 500, reason: 'Completed' };

const isSidecar = (c: Container) => c.restartPolicy === 'Always';

/** The lifecycle that a reported status stands for, for pods that existed before the kubelet started. */
export function lifecycleFromStatus(status: ContainerStatus, now: number): Lifecycle {
  const base = { ...newLifecycle(now), restarts: status.restartCount, ready: status.ready };
  const last = status.lastState.terminated ?? status.state.terminated;
  const lifecycle: Lifecycle = last ? { ...base, last } : base;
  const { running, waiting, terminated } = status.state;
  if (running) {
    const startedAt = Date.parse(running.startedAt);
    return { ...lifecycle, step: 'running', startedAt, since: startedAt };
  }
  if (terminated) return { ...lifecycle, step: 'ended' };
  if (waiting?.reason === 'ImagePullBackOff' || waiting?.reason === 'ErrImagePull')
    return { ...lifecycle, step: 'pull-backoff', pullFailures: 6, until: now + UNKNOWN_BACKOFF_MS };
  if (waiting?.reason === 'CreateContainerConfigError') return { ...lifecycle, step: 'unconfigured', until: now };
  if (waiting?.reason === 'CrashLoopBackOff')
    return { ...lifecycle, step: 'crash-backoff', crashes: status.restartCount + 1, until: now + UNKNOWN_BACKOFF_MS };
  return lifecycle;
}

/** When a running container passes its readiness probe; Infinity when its behaviour says that it never does. */
function readyAt(lifecycle: Lifecycle, container: Container, behaviour: Behaviour): number {
  if (lifecycle.step !== 'running' || lifecycle.startedAt === undefined) return Number.POSITIVE_INFINITY;
  if (behaviour.unready !== undefined) return Number.POSITIVE_INFINITY;
  const probe = container.readinessProbe;
  return probe ? lifecycle.startedAt + (probe.initialDelaySeconds ?? 0) * 1000 + PROBE_MS : lifecycle.startedAt;
}

export interface PodProgress {
  notes: Note[];
  /** Containers that started to run just now. */
  started: string[];
  init: ContainerStatus[];
  containers: ContainerStatus[];
  initialized: boolean;
  /** When the next step is due. */
  wakeAt: number;
}

function containerContext(
  pod: Pod,
  container: Container,
  podState: PodState,
  c: Conditions,
  init: boolean,
): ContainerContext {
  const own = behaviourOf(pod, container);
  const behaviour = { ...own, ...c.externalBehaviour(pod, container) };
  if (init && !isSidecar(container) && !behaviour.exit) behaviour.exit = INIT_RUN;
  const policy = (pod.spec.restartPolicy ?? 'Always') as ContainerContext['restartPolicy'];
  return {
    pod,
    container,
    behaviour,
    cached: c.cached(container.image ?? ''),
    mayStart: false,
    restartPolicy: init && !isSidecar(container) && policy === 'Always' ? 'OnFailure' : policy,
    pullMs: podState.pullMs,
    startMs: podState.startMs,
    stamp: c.stamp,
  };
}

/** Sets or removes the end of a running container when its behaviour has changed. */
function withEnd(lifecycle: Lifecycle, behaviour: Behaviour, now: number): Lifecycle {
  const endless = lifecycle.until === Number.POSITIVE_INFINITY;
  if (behaviour.exit && endless) return { ...lifecycle, until: now + behaviour.exit.afterMs };
  if (!behaviour.exit && !endless) return { ...lifecycle, until: Number.POSITIVE_INFINITY };
  return lifecycle;
}

/** Advances one container up to the present time. */
function advanceContainer(lifecycle: Lifecycle, s: ContainerContext, now: number, progress: PodProgress): Lifecycle {
  let current = lifecycle;
  if (current.step === 'running') current = withEnd(current, s.behaviour, now);
  for (let guard = 0; guard < 20; guard++) {
    const due = current.step === 'queued' ? s.mayStart : current.until <= now;
    if (!due) break;
    const before = current.step;
    const { lifecycle: next, notes } = advance(current, s, now);
    progress.notes.push(...notes);
    current = next;
    if (current.step === 'running' && before !== 'running') progress.started.push(s.container.name);
    if (current.step === before) break;
  }
  const at = readyAt(current, s.container, s.behaviour);
  const ready = at <= now;
  if (!ready) progress.wakeAt = Math.min(progress.wakeAt, at);
  if (ready !== current.ready) current = { ...current, ready };
  progress.wakeAt = Math.min(progress.wakeAt, current.until);
  return current;
}

const past = (lifecycle: Lifecycle | undefined) =>
  lifecycle !== undefined && lifecycle.step !== 'queued' && lifecycle.step !== 'pulling';

/** Advances every container of a pod up to the present time. */
export function advancePod(pod: Pod, podState: PodState, c: Conditions): PodProgress {
  const progress: PodProgress = {
    notes: [],
    started: [],
    init: [],
    containers: [],
    initialized: true,
    wakeAt: Number.POSITIVE_INFINITY,
  };
  const ready = podState.readyForContainersAt <= c.now;
  if (!ready) progress.wakeAt = podState.readyForContainersAt;
  let mayStart = ready;
  const advanceOne = (container: Container, isInit: boolean) => {
    const s = { ...containerContext(pod, container, podState, c, isInit), mayStart };
    const before = podState.lifecycles.get(container.name) ?? newLifecycle(c.now);
    const lifecycle = advanceContainer(before, s, c.now, progress);
    podState.lifecycles.set(container.name, lifecycle);
    return { s, lifecycle };
  };
  for (const container of pod.spec.initContainers ?? []) {
    const { s, lifecycle } = advanceOne(container, true);
    progress.init.push(containerStatus(lifecycle, s));
    const done = isSidecar(container)
      ? lifecycle.step === 'running'
      : lifecycle.step === 'ended' && lifecycle.last?.exitCode === 0;
    mayStart &&= done;
    progress.initialized &&= done;
  }
  for (const container of pod.spec.containers) {
    const { s, lifecycle } = advanceOne(container, false);
    progress.containers.push(containerStatus(lifecycle, s));
    mayStart &&= past(lifecycle);
    if (s.behaviour.unready !== undefined && lifecycle.step === 'running' && container.readinessProbe) {
      const message = `Readiness probe failed: ${s.behaviour.unready}`;
      const fieldPath = `spec.containers{${container.name}}`;
      progress.notes.push({ about: pod, type: 'Warning', reason: 'Unhealthy', message, fieldPath });
      progress.wakeAt = Math.min(progress.wakeAt, c.now + (container.readinessProbe.periodSeconds ?? 10) * 1000);
    }
  }
  return progress;
}
