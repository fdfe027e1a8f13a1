import type { Container, ContainerState, ContainerStatus, Note, Pod } from '../controllers/kinds.ts';
import type { Behaviour } from './behaviour.ts';

/**
 * The life of one container as a state machine: queued → (pulling →) starting → running → …, with the kubelet's
 * back-offs. Times are milliseconds since the epoch, `until` is when the present step ends.
 */
export interface Life {
  step:
    | 'queued'
    | 'pulling'
    | 'pull-failed'
    | 'pull-backoff'
    | 'starting'
    | 'unconfigured'
    | 'start-failed'
    | 'running'
    | 'crash-backoff'
    | 'ended';
  until: number;
  pullFailures: number;
  restarts: number;
  crashes: number;
  ready: boolean;
  startedAt?: number;
  /** When the present step began. */
  since: number;
  last?: NonNullable<ContainerState['terminated']>;
}

/** Everything a step depends on besides the life itself. */
export interface Surroundings {
  pod: Pod;
  container: Container;
  behaviour: Behaviour;
  /** Whether the image is already on the node. */
  cached: boolean;
  /** Whether the pod's sandbox, volumes and earlier containers let this one begin. */
  mayStart: boolean;
  restartPolicy: 'Always' | 'OnFailure' | 'Never';
  pullMs: number;
  startMs: number;
  /** The API server's form of a time. */
  stamp: (ms: number) => string;
}

export interface Step {
  life: Life;
  notes: Note[];
}

const FIRST_BACKOFF = 10_000;
const LONGEST_BACKOFF = 300_000;
/** A container whose environment cannot be put together is tried again with each look at its pod. */
const CONFIG_RETRY = 12_000;
/** How long the first error stays on show before the back-off replaces it. */
const ERROR_SHOWN = 1500;

/** 10 s, 20 s, 40 s … 300 s: the kubelet's back-off after `failures` failures (1 gives the first). */
export const backoff = (failures: number): number =>
  Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.max(0, failures - 1));

export const newLife = (now: number): Life => ({
  step: 'queued',
  until: Number.POSITIVE_INFINITY,
  pullFailures: 0,
  restarts: 0,
  crashes: 0,
  ready: false,
  since: now,
});

const to = (life: Life, step: Life['step'], now: number, forMs: number, more: Partial<Life> = {}): Life => ({
  ...life,
  step,
  since: now,
  until: now + forMs,
  ...more,
});

function say(s: Surroundings, type: Note['type'], reason: string, message: string): Note {
  return { about: s.pod, type, reason, message, fieldPath: `spec.containers{${s.container.name}}` };
}

const podName = (pod: Pod) => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;

/** `1.234s`, as Go prints a duration. */
const seconds = (ms: number) => (ms < 1000 ? `${ms}ms` : `${(ms / 1000).toFixed(3).replace(/\.?0+$/, '')}s`);

function imageBytes(image: string): number {
  let sum = 0;
  for (const char of image) sum = (sum * 31 + char.charCodeAt(0)) % 180_000_000;
  return 20_000_000 + sum;
}

function begin(life: Life, s: Surroundings, now: number): Step {
  const image = s.container.image ?? '';
  const { pullError } = s.behaviour;
  if (pullError?.reason === 'InvalidImageName') {
    const notes = [
      say(s, 'Warning', 'InspectFailed', pullError.text),
      say(s, 'Warning', 'Failed', 'Error: InvalidImageName'),
    ];
    return { life: to(life, 'pull-failed', now, backoff(1), { pullFailures: 1 }), notes };
  }
  if (s.cached && !pullError && s.container.imagePullPolicy !== 'Always') {
    const text = `Container image "${image}" already present on machine and can be accessed by the pod`;
    return { life: to(life, 'starting', now, s.startMs), notes: [say(s, 'Normal', 'Pulled', text)] };
  }
  return {
    life: to(life, 'pulling', now, s.pullMs),
    notes: [say(s, 'Normal', 'Pulling', `Pulling image "${image}"`)],
  };
}

function pulled(life: Life, s: Surroundings, now: number): Step {
  const image = s.container.image ?? '';
  const { pullError } = s.behaviour;
  if (!pullError) {
    const took = seconds(now - life.since);
    const text = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${imageBytes(image)} bytes.`;
    return {
      life: to(life, 'starting', now, s.startMs, { pullFailures: 0 }),
      notes: [say(s, 'Normal', 'Pulled', text)],
    };
  }
  const notes = [
    say(s, 'Warning', 'Failed', `Failed to pull image "${image}": ${pullError.text}`),
    say(s, 'Warning', 'Failed', 'Error: ErrImagePull'),
  ];
  return { life: to(life, 'pull-failed', now, ERROR_SHOWN, { pullFailures: life.pullFailures + 1 }), notes };
}

function waitToPull(life: Life, s: Surroundings, now: number): Step {
  const notes = [
    say(s, 'Normal', 'BackOff', `Back-off pulling image "${s.container.image}"`),
    say(s, 'Warning', 'Failed', 'Error: ImagePullBackOff'),
  ];
  return { life: to(life, 'pull-backoff', now, backoff(life.pullFailures)), notes };
}

function started(life: Life, s: Surroundings, now: number): Step {
  const { configError } = s.behaviour;
  if (configError !== undefined) {
    const notes = [say(s, 'Warning', 'Failed', `Error: ${configError}`)];
    return { life: to(life, 'unconfigured', now, CONFIG_RETRY), notes };
  }
  const created = say(s, 'Normal', 'Created', 'Container created');
  if (s.behaviour.startError) {
    const message = s.behaviour.startError;
    const last = {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: s.stamp(now),
    };
    const notes = [created, say(s, 'Warning', 'Failed', `Error: ${message}`)];
    return { life: to(life, 'start-failed', now, ERROR_SHOWN, { last, crashes: life.crashes + 1 }), notes };
  }
  const lasts = s.behaviour.exit ? s.behaviour.exit.afterMs : Number.POSITIVE_INFINITY;
  return {
    life: to(life, 'running', now, lasts, { startedAt: now, ready: false }),
    notes: [created, say(s, 'Normal', 'Started', 'Container started')],
  };
}

/** The process ended: for good, to be started again at once (first time), or after a back-off. */
function ended(life: Life, s: Surroundings, now: number, code: number, reason: string): Step {
  const last = {
    exitCode: code,
    reason,
    startedAt: s.stamp(life.startedAt ?? now),
    finishedAt: s.stamp(now),
  };
  const over = s.restartPolicy === 'Never' || (s.restartPolicy === 'OnFailure' && code === 0);
  const crashes = life.crashes + 1;
  if (over) return { life: { ...to(life, 'ended', now, Number.POSITIVE_INFINITY), last, ready: false }, notes: [] };
  if (crashes === 1)
    return { life: to(life, 'crash-backoff', now, ERROR_SHOWN, { last, crashes, ready: false }), notes: [] };
  return crashLoop({ ...life, crashes, ready: false }, s, now, last);
}

function crashLoop(life: Life, s: Surroundings, now: number, last: Life['last']): Step {
  const text = `Back-off restarting failed container ${s.container.name} in pod ${podName(s.pod)}`;
  return {
    life: to(life, 'crash-backoff', now, backoff(life.crashes - 1), last ? { last } : {}),
    notes: [say(s, 'Warning', 'BackOff', text)],
  };
}

/** One step, when `now` has reached `life.until` (or the container may begin at last). */
export function advance(life: Life, s: Surroundings, now: number): Step {
  switch (life.step) {
    case 'queued':
      return s.mayStart ? begin(life, s, now) : { life, notes: [] };
    case 'pulling':
      return pulled(life, s, now);
    case 'pull-failed':
      return waitToPull(life, s, now);
    case 'pull-backoff':
      return begin(life, s, now);
    case 'starting':
    case 'unconfigured':
      return started(life, s, now);
    case 'start-failed':
      // The first failure is tried again at once, later ones after a back-off.
      return life.crashes === 1 ? begin({ ...life, restarts: 1 }, s, now) : crashLoop(life, s, now, life.last);
    case 'crash-backoff':
      return begin({ ...life, restarts: life.restarts + 1 }, s, now);
    case 'running':
      return s.behaviour.exit
        ? ended(life, s, now, s.behaviour.exit.code, s.behaviour.exit.reason)
        : { life, notes: [] };
    case 'ended':
      return { life, notes: [] };
  }
}

function stateOf(life: Life, s: Surroundings): ContainerState {
  const image = s.container.image ?? '';
  const refusal = s.behaviour.pullError?.text ?? '';
  switch (life.step) {
    case 'running':
      return { running: { startedAt: s.stamp(life.startedAt ?? life.since) } };
    case 'ended':
      return life.last ? { terminated: life.last } : {};
    case 'pull-failed':
      return { waiting: { reason: s.behaviour.pullError?.reason ?? 'ErrImagePull', message: refusal } };
    case 'pull-backoff':
      return {
        waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${refusal}` },
      };
    case 'unconfigured':
      return { waiting: { reason: 'CreateContainerConfigError', message: s.behaviour.configError ?? '' } };
    case 'start-failed':
      return { waiting: { reason: 'RunContainerError', message: s.behaviour.startError ?? '' } };
    case 'crash-backoff': {
      if (life.crashes <= 1 && life.last) return { terminated: life.last };
      const wait = seconds(backoff(life.crashes - 1)).replace(/^(\d+)s$/, (_, n) => goSeconds(Number(n)));
      const message = `back-off ${wait} restarting failed container=${s.container.name} pod=${podName(s.pod)}`;
      return { waiting: { reason: 'CrashLoopBackOff', message } };
    }
    default:
      return { waiting: { reason: 'ContainerCreating' } };
  }
}

const goSeconds = (n: number) => (n >= 60 ? `${Math.floor(n / 60)}m${n % 60}s` : `${n}s`);

/** The container status the kubelet reports for this life. */
export function containerStatus(life: Life, s: Surroundings): ContainerStatus {
  const image = s.container.image ?? '';
  const state = stateOf(life, s);
  const ran = life.startedAt !== undefined;
  return {
    name: s.container.name,
    state: life.step === 'queued' && life.last ? { waiting: { reason: 'PodInitializing' } } : state,
    lastState: life.last && !state.terminated ? { terminated: life.last } : {},
    ready: life.ready,
    restartCount: life.restarts,
    image,
    imageID: ran ? `${image.split(/[:@]/)[0]}@sha256:${digest(image)}` : '',
    started: life.step === 'running',
  };
}

/** 64 hex digits that stay the same for the same image. */
function digest(image: string): string {
  let seed = 0x9e3779b9;
  let out = '';
  for (let i = 0; out.length < 64; i++) {
    for (const char of `${image}${i}`) seed = Math.imul(seed ^ char.charCodeAt(0), 0x01000193) >>> 0;
    out += seed.toString(16).padStart(8, '0');
  }
  return out.slice(0, 64);
}
