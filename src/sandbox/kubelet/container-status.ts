import type { ContainerState, ContainerStatus } from '../controllers/kinds.ts';
import { backoff, type ContainerContext, type Lifecycle, podName, seconds } from './container-lifecycle.ts';

function stateOf(lifecycle: Lifecycle, s: ContainerContext): ContainerState {
  const image = s.container.image ?? '';
  const refusal = s.behaviour.pullError?.text ?? '';
  switch (lifecycle.step) {
    case 'running':
      return { running: { startedAt: s.stamp(lifecycle.startedAt ?? lifecycle.since) } };
    case 'ended':
      return lifecycle.last ? { terminated: lifecycle.last } : {};
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
      if (lifecycle.crashes <= 1 && lifecycle.last) return { terminated: lifecycle.last };
      const wait = seconds(backoff(lifecycle.crashes - 1)).replace(/^(\d+)s$/, (_, n) => goSeconds(Number(n)));
      const message = `back-off ${wait} restarting failed container=${s.container.name} pod=${podName(s.pod)}`;
      return { waiting: { reason: 'CrashLoopBackOff', message } };
    }
    default:
      return { waiting: { reason: 'ContainerCreating' } };
  }
}

const goSeconds = (n: number) => (n >= 60 ? `${Math.floor(n / 60)}m${n % 60}s` : `${n}s`);

/** The container status that the kubelet reports for this lifecycle. */
export function containerStatus(lifecycle: Lifecycle, s: ContainerContext): ContainerStatus {
  const image = s.container.image ?? '';
  const state = stateOf(lifecycle, s);
  const ran = lifecycle.startedAt !== undefined;
  return {
    name: s.container.name,
    state: lifecycle.step === 'queued' && lifecycle.last ? { waiting: { reason: 'PodInitializing' } } : state,
    lastState: lifecycle.last && !state.terminated ? { terminated: lifecycle.last } : {},
    ready: lifecycle.ready,
    restartCount: lifecycle.restarts,
    image,
    imageID: ran ? `${image.split(/[:@]/)[0]}@sha256:${digest(image)}` : '',
    started: lifecycle.step === 'running',
  };
}

/** A made-up image digest: 64 hex digits, always the same for one image. */
function digest(image: string): string {
  let seed = 0x9e3779b9;
  let out = '';
  for (let i = 0; out.length < 64; i++) {
    for (const char of `${image}${i}`) seed = Math.imul(seed ^ char.charCodeAt(0), 0x01000193) >>> 0;
    out += seed.toString(16).padStart(8, '0');
  }
  return out.slice(0, 64);
}
