import type { Container, ContainerStatus, Note, Pod } from '../controllers/kinds.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { advance, containerStatus, type Life, newLife, type Surroundings } from './life.ts';

/** A pod as its node keeps it in mind: the lives of its containers and the times of its own steps (milliseconds). */
export interface Tenant {
  lives: Map<string, Life>;
  podIP: string | undefined;
  startedMs: number;
  /** When sandbox and volumes are ready. */
  readyForContainersAt: number;
  /** Failed attempts to mount, for the back-off. */
  mountTries: number;
  /** When the containers are gone after a deletion. */
  killAt?: number;
  /** When its programs were told to end. */
  stopAskedAt?: number;
  finished: boolean;
  pullMs: number;
  startMs: number;
  stopMs: number;
}

export interface Conditions {
  now: number;
  cached: (image: string) => boolean;
  stamp: (ms: number) => string;
  /** What the world outside does to a container, on top of its own behaviour (an operator with a broken configuration). */
  misfortune: (pod: Pod, container: Container) => Behaviour;
}

/** The first probe comes this long after its initial delay. */
const PROBE_MS = 800;
/** A back-off found under way ends after this; how much of it has passed is not known. */
const RECALLED_MS = 100_000;
const INIT_RUN = { code: 0, afterMs: 500, reason: 'Completed' };

const isSidecar = (c: Container) => c.restartPolicy === 'Always';

/** The container's life as its last reported status tells it, for pods that were there before the kubelet looked. */
export function recalled(status: ContainerStatus, now: number): Life {
  const base = { ...newLife(now), restarts: status.restartCount, ready: status.ready };
  const last = status.lastState.terminated ?? status.state.terminated;
  const life: Life = last ? { ...base, last } : base;
  const { running, waiting, terminated } = status.state;
  if (running) {
    const startedAt = Date.parse(running.startedAt);
    return { ...life, step: 'running', startedAt, since: startedAt };
  }
  if (terminated) return { ...life, step: 'ended' };
  if (waiting?.reason === 'ImagePullBackOff' || waiting?.reason === 'ErrImagePull')
    return { ...life, step: 'pull-backoff', pullFailures: 6, until: now + RECALLED_MS };
  if (waiting?.reason === 'CreateContainerConfigError') return { ...life, step: 'unconfigured', until: now };
  if (waiting?.reason === 'CrashLoopBackOff')
    return { ...life, step: 'crash-backoff', crashes: status.restartCount + 1, until: now + RECALLED_MS };
  return life;
}

/** When a running container passes its readiness probe; never for one that is decided to fail. */
function readyAt(life: Life, container: Container, behaviour: Behaviour): number {
  if (life.step !== 'running' || life.startedAt === undefined) return Number.POSITIVE_INFINITY;
  if (behaviour.unready !== undefined) return Number.POSITIVE_INFINITY;
  const probe = container.readinessProbe;
  return probe ? life.startedAt + (probe.initialDelaySeconds ?? 0) * 1000 + PROBE_MS : life.startedAt;
}

export interface Turn {
  notes: Note[];
  /** Containers that began to run in this turn. */
  started: string[];
  init: ContainerStatus[];
  containers: ContainerStatus[];
  initialized: boolean;
  /** When something happens next by itself. */
  wakeAt: number;
}

function surroundings(pod: Pod, container: Container, tenant: Tenant, c: Conditions, init: boolean): Surroundings {
  const own = behaviourOf(pod, container);
  const behaviour = { ...own, ...c.misfortune(pod, container) };
  if (init && !isSidecar(container) && !behaviour.exit) behaviour.exit = INIT_RUN;
  const policy = (pod.spec.restartPolicy ?? 'Always') as Surroundings['restartPolicy'];
  return {
    pod,
    container,
    behaviour,
    cached: c.cached(container.image ?? ''),
    mayStart: false,
    restartPolicy: init && !isSidecar(container) && policy === 'Always' ? 'OnFailure' : policy,
    pullMs: tenant.pullMs,
    startMs: tenant.startMs,
    stamp: c.stamp,
  };
}

/** A running container gets an end when its behaviour has one by now, and loses it when that is over. */
function withEnd(life: Life, behaviour: Behaviour, now: number): Life {
  const endless = life.until === Number.POSITIVE_INFINITY;
  if (behaviour.exit && endless) return { ...life, until: now + behaviour.exit.afterMs };
  if (!behaviour.exit && !endless) return { ...life, until: Number.POSITIVE_INFINITY };
  return life;
}

/** Moves one container on as far as the present time allows. */
function moveOn(life: Life, s: Surroundings, now: number, turn: Turn): Life {
  let current = life;
  if (current.step === 'running') current = withEnd(current, s.behaviour, now);
  for (let guard = 0; guard < 20; guard++) {
    const due = current.step === 'queued' ? s.mayStart : current.until <= now;
    if (!due) break;
    const before = current.step;
    const { life: next, notes } = advance(current, s, now);
    turn.notes.push(...notes);
    current = next;
    if (current.step === 'running' && before !== 'running') turn.started.push(s.container.name);
    if (current.step === before) break;
  }
  const at = readyAt(current, s.container, s.behaviour);
  const ready = at <= now;
  if (!ready) turn.wakeAt = Math.min(turn.wakeAt, at);
  if (ready !== current.ready) current = { ...current, ready };
  turn.wakeAt = Math.min(turn.wakeAt, current.until);
  return current;
}

const past = (life: Life | undefined) => life !== undefined && life.step !== 'queued' && life.step !== 'pulling';

/** Plays every container of a pod up to the present. */
export function playTurn(pod: Pod, tenant: Tenant, c: Conditions): Turn {
  const turn: Turn = {
    notes: [],
    started: [],
    init: [],
    containers: [],
    initialized: true,
    wakeAt: Number.POSITIVE_INFINITY,
  };
  const ready = tenant.readyForContainersAt <= c.now;
  if (!ready) turn.wakeAt = tenant.readyForContainersAt;
  let mayStart = ready;
  for (const container of pod.spec.initContainers ?? []) {
    const s = { ...surroundings(pod, container, tenant, c, true), mayStart };
    const life = moveOn(tenant.lives.get(container.name) ?? newLife(c.now), s, c.now, turn);
    tenant.lives.set(container.name, life);
    turn.init.push(containerStatus(life, s));
    const done = isSidecar(container) ? life.step === 'running' : life.step === 'ended' && life.last?.exitCode === 0;
    mayStart &&= done;
    turn.initialized &&= done;
  }
  for (const container of pod.spec.containers) {
    const s = { ...surroundings(pod, container, tenant, c, false), mayStart };
    const life = moveOn(tenant.lives.get(container.name) ?? newLife(c.now), s, c.now, turn);
    tenant.lives.set(container.name, life);
    turn.containers.push(containerStatus(life, s));
    mayStart &&= past(life);
    if (s.behaviour.unready !== undefined && life.step === 'running' && container.readinessProbe) {
      const message = `Readiness probe failed: ${s.behaviour.unready}`;
      const fieldPath = `spec.containers{${container.name}}`;
      turn.notes.push({ about: pod, type: 'Warning', reason: 'Unhealthy', message, fieldPath });
      turn.wakeAt = Math.min(turn.wakeAt, c.now + (container.readinessProbe.periodSeconds ?? 10) * 1000);
    }
  }
  return turn;
}
