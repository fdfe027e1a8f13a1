import type { ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, number, text, time } from '../../../k8s/fields.ts';

/** How a run of a container ended. */
export interface Ended {
  reason: string;
  message: string;
  exitCode: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
}

/** One container of a pod: its spec and what the kubelet reports. */
export interface Container {
  name: string;
  /** A sidecar is an init container with restartPolicy Always: it runs beside the main ones. */
  role: 'init' | 'sidecar' | 'main';
  image: string;
  spec: Fields;
  waiting: { reason: string; message: string } | undefined;
  running: { startedAt: number | undefined } | undefined;
  ended: Ended | undefined;
  /** How its run before this one ended. */
  last: Ended | undefined;
  ready: boolean;
  started: boolean | undefined;
  restarts: number;
  /** Whether the kubelet has reported on it at all. */
  reported: boolean;
}

/** The containers of a pod, init containers first, in the order in which they are started. */
export function containersOf(pod: ViewObject): Container[] {
  const init = containersFrom(pod.spec.initContainers, pod.status.initContainerStatuses, spec =>
    spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
  );
  return [...init, ...containersFrom(pod.spec.containers, pod.status.containerStatuses, () => 'main')];
}

function containersFrom(specs: unknown, statuses: unknown, roleOf: (spec: Fields) => Container['role']): Container[] {
  const byName = new Map(list(statuses).map(one => [text(one.name), one]));
  return list(specs).map(spec => {
    const name = text(spec.name);
    const status = byName.get(name);
    const state = fields(status?.state);
    const waiting = fields(state.waiting);
    const running = fields(state.running);
    return {
      name,
      role: roleOf(spec),
      image: text(spec.image),
      spec,
      waiting: state.waiting ? { reason: text(waiting.reason), message: text(waiting.message) } : undefined,
      running: state.running ? { startedAt: time(running.startedAt) } : undefined,
      ended: endedOf(state.terminated),
      last: endedOf(fields(status?.lastState).terminated),
      ready: status?.ready === true,
      started: typeof status?.started === 'boolean' ? status.started : undefined,
      restarts: number(status?.restartCount),
      reported: status !== undefined,
    };
  });
}

function endedOf(value: unknown): Ended | undefined {
  if (!value) return undefined;
  const ended = fields(value);
  return {
    reason: text(ended.reason),
    message: text(ended.message),
    exitCode: number(ended.exitCode),
    startedAt: time(ended.startedAt),
    finishedAt: time(ended.finishedAt),
  };
}

/** `container web`, `init container migrate`, `sidecar istio-proxy`: how findings name one. */
export const containerText = ({ role, name }: Pick<Container, 'role' | 'name'>): string =>
  `${role === 'main' ? 'container' : role === 'init' ? 'init container' : 'sidecar container'} ${name}`;
