import type { Container, ContainerState, Note, Pod } from '../controllers/kinds.ts';
import type { Behaviour } from './behaviour.ts';

/**
 * The lifecycle of one container as a state machine: queued → (pulling →) starting → running → …, with the kubelet's
 * back-offs. Times are milliseconds since the epoch; `until` is when the present step ends.
 */
export interface Lifecycle {
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

/** Everything that a step depends on besides the lifecycle itself. */
export interface ContainerContext {
  pod: Pod;
  container: Container;
  behaviour: Behaviour;
  /** Whether the image is already on the node. */
  cached: boolean;
  /** Whether the pod's network, volumes and earlier containers allow this one to start. */
  mayStart: boolean;
  restartPolicy: 'Always' | 'OnFailure' | 'Never';
  pullMs: number;
  startMs: number;
  /** The API server's form of a time. */
  stamp: (ms: number) => string;
}

export interface Step {
  lifecycle: Lifecycle;
  notes: Note[];
}

const FIRST_BACKOFF = 10_000;
const LONGEST_BACKOFF = 300_000;
/** The retry interval for a container with a CreateContainerConfigError, milliseconds. */
const CONFIG_RETRY = 12_000;
/** How long the first error is reported before the back-off replaces it, milliseconds. */
const ERROR_SHOWN = 1500;

/** 10 s, 20 s, 40 s … 300 s: the kubelet's back-off after `failures` failures (1 gives the first). */
export const backoff = (failures: number): number =>
  Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.max(0, failures - 1));

export const newLifecycle = (now: number): Lifecycle => ({
  step: 'queued',
  until: Number.POSITIVE_INFINITY,
  pullFailures: 0,
  restarts: 0,
  crashes: 0,
  ready: false,
  since: now,
});

const enterStep = (
  lifecycle: Lifecycle,
  step: Lifecycle['step'],
  now: number,
  forMs: number,
  more: Partial<Lifecycle> = {},
): Lifecycle => ({
  ...lifecycle,
  step,
  since: now,
  until: now + forMs,
  ...more,
});

function eventNote(s: ContainerContext, type: Note['type'], reason: string, message: string): Note {
  return { about: s.pod, type, reason, message, fieldPath: `spec.containers{${s.container.name}}` };
}

/** A pod as messages of the kubelet name it. */
export const podName = (pod: Pod) => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;

/** `1.234s`, as Go prints a duration. */
export const seconds = (ms: number) => (ms < 1000 ? `${ms}ms` : `${(ms / 1000).toFixed(3).replace(/\.?0+$/, '')}s`);

function imageBytes(image: string): number {
  let sum = 0;
  for (const char of image) sum = (sum * 31 + char.charCodeAt(0)) % 180_000_000;
  return 20_000_000 + sum;
}

function startContainer(lifecycle: Lifecycle, s: ContainerContext, now: number): Step {
  const image = s.container.image ?? '';
  const { pullError } = s.behaviour;
  if (pullError?.reason === 'InvalidImageName') {
    const notes = [
      eventNote(s, 'Warning', 'InspectFailed', pullError.text),
      eventNote(s, 'Warning', 'Failed', 'Error: InvalidImageName'),
    ];
    return { lifecycle: enterStep(lifecycle, 'pull-failed', now, backoff(1), { pullFailures: 1 }), notes };
  }
  if (s.cached && !pullError && s.container.imagePullPolicy !== 'Always') {
    const text = `Container image "${image}" already present on machine and can be accessed by the pod`;
    return {
      lifecycle: enterStep(lifecycle, 'starting', now, s.startMs),
      notes: [eventNote(s, 'Normal', 'Pulled', text)],
    };
  }
  return {
    lifecycle: enterStep(lifecycle, 'pulling', now, s.pullMs),
    notes: [eventNote(s, 'Normal', 'Pulling', `Pulling image "${image}"`)],
  };
}

function pulled(lifecycle: Lifecycle, s: ContainerContext, now: number): Step {
  const image = s.container.image ?? '';
  const { pullError } = s.behaviour;
  if (!pullError) {
    const took = seconds(now - lifecycle.since);
    const text = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${imageBytes(image)} bytes.`;
    return {
      lifecycle: enterStep(lifecycle, 'starting', now, s.startMs, { pullFailures: 0 }),
      notes: [eventNote(s, 'Normal', 'Pulled', text)],
    };
  }
  const notes = [
    eventNote(s, 'Warning', 'Failed', `Failed to pull image "${image}": ${pullError.text}`),
    eventNote(s, 'Warning', 'Failed', 'Error: ErrImagePull'),
  ];
  return {
    lifecycle: enterStep(lifecycle, 'pull-failed', now, ERROR_SHOWN, { pullFailures: lifecycle.pullFailures + 1 }),
    notes,
  };
}

function waitToPull(lifecycle: Lifecycle, s: ContainerContext, now: number): Step {
  const notes = [
    eventNote(s, 'Normal', 'BackOff', `Back-off pulling image "${s.container.image}"`),
    eventNote(s, 'Warning', 'Failed', 'Error: ImagePullBackOff'),
  ];
  return { lifecycle: enterStep(lifecycle, 'pull-backoff', now, backoff(lifecycle.pullFailures)), notes };
}

function started(lifecycle: Lifecycle, s: ContainerContext, now: number): Step {
  const { configError } = s.behaviour;
  if (configError !== undefined) {
    const notes = [eventNote(s, 'Warning', 'Failed', `Error: ${configError}`)];
    return { lifecycle: enterStep(lifecycle, 'unconfigured', now, CONFIG_RETRY), notes };
  }
  const created = eventNote(s, 'Normal', 'Created', 'Container created');
  if (s.behaviour.startError) {
    const message = s.behaviour.startError;
    const last = {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: s.stamp(now),
    };
    const notes = [created, eventNote(s, 'Warning', 'Failed', `Error: ${message}`)];
    return {
      lifecycle: enterStep(lifecycle, 'start-failed', now, ERROR_SHOWN, { last, crashes: lifecycle.crashes + 1 }),
      notes,
    };
  }
  const lasts = s.behaviour.exit ? s.behaviour.exit.afterMs : Number.POSITIVE_INFINITY;
  return {
    lifecycle: enterStep(lifecycle, 'running', now, lasts, { startedAt: now, ready: false }),
    notes: [created, eventNote(s, 'Normal', 'Started', 'Container started')],
  };
}

/** The process has ended. It is not restarted, or restarted at once (the first time), or after a back-off. */
function ended(lifecycle: Lifecycle, s: ContainerContext, now: number, code: number, reason: string): Step {
  const last = {
    exitCode: code,
    reason,
    startedAt: s.stamp(lifecycle.startedAt ?? now),
    finishedAt: s.stamp(now),
  };
  const over = s.restartPolicy === 'Never' || (s.restartPolicy === 'OnFailure' && code === 0);
  const crashes = lifecycle.crashes + 1;
  if (over)
    return {
      lifecycle: { ...enterStep(lifecycle, 'ended', now, Number.POSITIVE_INFINITY), last, ready: false },
      notes: [],
    };
  if (crashes === 1)
    return {
      lifecycle: enterStep(lifecycle, 'crash-backoff', now, ERROR_SHOWN, { last, crashes, ready: false }),
      notes: [],
    };
  return crashLoop({ ...lifecycle, crashes, ready: false }, s, now, last);
}

function crashLoop(lifecycle: Lifecycle, s: ContainerContext, now: number, last: Lifecycle['last']): Step {
  const text = `Back-off restarting failed container ${s.container.name} in pod ${podName(s.pod)}`;
  return {
    lifecycle: enterStep(lifecycle, 'crash-backoff', now, backoff(lifecycle.crashes - 1), last ? { last } : {}),
    notes: [eventNote(s, 'Warning', 'BackOff', text)],
  };
}

/** Makes one step; called when `now` has reached `lifecycle.until`, or when a queued container may start. */
export function advance(lifecycle: Lifecycle, s: ContainerContext, now: number): Step {
  switch (lifecycle.step) {
    case 'queued':
      return s.mayStart ? startContainer(lifecycle, s, now) : { lifecycle, notes: [] };
    case 'pulling':
      return pulled(lifecycle, s, now);
    case 'pull-failed':
      return waitToPull(lifecycle, s, now);
    case 'pull-backoff':
      return startContainer(lifecycle, s, now);
    case 'starting':
    case 'unconfigured':
      return started(lifecycle, s, now);
    case 'start-failed':
      // The first failure is tried again at once, later ones after a back-off.
      return lifecycle.crashes === 1
        ? startContainer({ ...lifecycle, restarts: 1 }, s, now)
        : crashLoop(lifecycle, s, now, lifecycle.last);
    case 'crash-backoff':
      return startContainer({ ...lifecycle, restarts: lifecycle.restarts + 1 }, s, now);
    case 'running':
      return s.behaviour.exit
        ? ended(lifecycle, s, now, s.behaviour.exit.code, s.behaviour.exit.reason)
        : { lifecycle, notes: [] };
    case 'ended':
      return { lifecycle, notes: [] };
  }
}
