import { each, type Fields, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { created, list, NONE, number, shortDuration, spec, status, text } from './cells.ts';

interface Summary {
  reason: string;
  restarts: number;
  ready: number;
  lastRestart: number | undefined;
}

/** The exit of a container in a word: its reason, or its signal or exit code. */
function exitWord(terminated: Fields): string {
  if (terminated.reason) return String(terminated.reason);
  return number(terminated.signal) !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${number(terminated.exitCode)}`;
}

function latest(time: number | undefined, container: Fields): number | undefined {
  const finished = part(container, 'lastState', 'terminated')?.finishedAt;
  if (typeof finished !== 'string') return time;
  return Math.max(time ?? 0, Date.parse(finished));
}

/** The STATUS from the first init container that is not done; undefined when all are done. */
function initReason(pod: KubeObject): string | undefined {
  const total = each(spec(pod), 'initContainers').length;
  for (const [i, container] of each(status(pod), 'initContainerStatuses').entries()) {
    const terminated = part(container, 'state', 'terminated');
    if (terminated && number(terminated.exitCode) === 0) continue;
    const declared = each(spec(pod), 'initContainers').find(c => c.name === container.name);
    if (declared?.restartPolicy === 'Always' && container.started === true) continue;
    if (terminated) return `Init:${exitWord(terminated)}`;
    const waiting = part(container, 'state', 'waiting')?.reason;
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${i}/${total}`;
  }
  return undefined;
}

function containersSummary(pod: KubeObject, from: string): Summary {
  let reason = from;
  let restarts = 0;
  let ready = 0;
  let running = false;
  let lastRestart: number | undefined;
  for (const container of each(status(pod), 'containerStatuses').reverse()) {
    restarts += number(container.restartCount);
    lastRestart = latest(lastRestart, container);
    const waiting = part(container, 'state', 'waiting');
    const terminated = part(container, 'state', 'terminated');
    if (waiting?.reason) reason = String(waiting.reason);
    else if (terminated) reason = exitWord(terminated);
    else if (container.ready === true && part(container, 'state', 'running')) {
      running = true;
      ready++;
    }
  }
  if (reason === 'Completed' && running) reason = isReady(pod) ? 'Running' : 'NotReady';
  return { reason, restarts, ready, lastRestart };
}

const isReady = (pod: KubeObject): boolean =>
  each(status(pod), 'conditions').some(c => c.type === 'Ready' && c.status === 'True');

/** The STATUS, ready and restart columns of a Pod. */
function podSummary(pod: KubeObject): Summary {
  const from = text(status(pod).reason, '') || text(status(pod).phase, 'Unknown');
  const init = initReason(pod);
  const summary = init
    ? { ...containersSummary(pod, from), reason: init, restarts: 0, ready: 0 }
    : containersSummary(pod, from);
  if (init) for (const c of each(status(pod), 'initContainerStatuses')) summary.restarts += number(c.restartCount);
  if (!pod.metadata.deletionTimestamp) return summary;
  if (status(pod).reason === 'NodeLost') return { ...summary, reason: 'Unknown' };
  const phase = status(pod).phase;
  return phase === 'Succeeded' || phase === 'Failed' ? summary : { ...summary, reason: 'Terminating' };
}

/** The row of a Pod, as `kubectl get pods -o wide` shows it. */
export function podCells(pod: KubeObject, now: number): unknown[] {
  const { reason, restarts, ready, lastRestart } = podSummary(pod);
  const times =
    restarts > 0 && lastRestart ? `${restarts} (${shortDuration(now - lastRestart)} ago)` : String(restarts);
  const gates = list(spec(pod).readinessGates) as Fields[];
  const conditions = each(status(pod), 'conditions');
  const met = gates.filter(g => conditions.some(c => c.type === g.conditionType && c.status === 'True')).length;
  return [
    pod.metadata.name,
    `${ready}/${each(spec(pod), 'containers').length}`,
    reason,
    times,
    created(pod, now),
    text(status(pod).podIP),
    text(spec(pod).nodeName),
    text(status(pod).nominatedNodeName),
    gates.length > 0 ? `${met}/${gates.length}` : NONE,
  ];
}
