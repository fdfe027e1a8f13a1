import { fields, list, number, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition, quoted } from '../../facts/fields.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { dnsCauses } from '../services/dns-egress.ts';
import { type Container, containersOf, containerText } from './containers.ts';
import { edit, usualFixes } from './fixes.ts';
import { logHint } from './log-hints.ts';
import { type ProbeType, probeFailure, probeOf } from './probe-failure.ts';
import {
  FIRST_MINUTE,
  howMany,
  podRef,
  type UnreadyPodGroup,
  unreadyFor,
  unreadyPodGroups,
  unreadyPodsFinding,
} from './unready-pods.ts';

interface Unready {
  container: Container;
  /** The time until which its startup probe may fail before the kubelet kills the container; undefined when it has passed. */
  startDeadline: number | undefined;
  type: ProbeType | undefined;
  message: string;
  othersReady: boolean;
  read: Extract<NamedRead, { is: 'log' }>;
}

const unready = (input: Pick<RuleInput, 'view' | 'now'>): UnreadyPodGroup<Unready>[] =>
  unreadyPodGroups(input, pod => {
    if (pod.status.phase !== 'Running' || unreadyFor(pod, input.now) < FIRST_MINUTE) return undefined;
    const containers = containersOf(pod);
    // Other rules report containers that wait or crash.
    if (containers.some(one => one.waiting || (one.role !== 'init' && one.ended) || crashedRecently(one, input.now)))
      return undefined;
    const container = containers.find(one => one.role !== 'init' && one.running && !one.ready);
    if (container === undefined || isStarting(container, input.now)) return undefined;
    const event = input.view
      .eventsAbout(podRef(pod))
      .map(one => ({
        probeType: /^(Readiness|Startup|Liveness) probe (?:failed|errored)/.exec(one.message)?.[1]?.toLowerCase() as
          | ProbeType
          | undefined,
        one,
      }))
      .find(
        ({ probeType, one }) =>
          one.reason === 'Unhealthy' && probeType !== undefined && container.spec[`${probeType}Probe`] !== undefined,
      );
    const type =
      event?.probeType ??
      (container.started === false && container.spec.startupProbe
        ? 'startup'
        : container.spec.readinessProbe
          ? 'readiness'
          : undefined);
    const { namespace, name } = podRef(pod);
    const othersReady =
      containers.filter(one => one !== container && one.role !== 'init').every(one => one.ready) &&
      containers.length > 1;
    return {
      key: `${container.name} ${type}`,
      problem: {
        container,
        startDeadline: startDeadlineOf(container, input.now),
        type,
        message: event?.one.message ?? '',
        othersReady,
        read: { is: 'log', namespace, pod: name, container: container.name, lines: 12 },
      },
    };
  });

const crashedRecently = ({ last, restarts }: Container, now: number): boolean =>
  restarts >= 3 && last?.finishedAt !== undefined && now - last.finishedAt < 600_000;

/** Whether its probes have not begun yet: they start after initialDelaySeconds. */
function isStarting({ spec, running }: Container, now: number): boolean {
  const delays = ['readinessProbe', 'startupProbe'].map(key =>
    number((spec[key] as { initialDelaySeconds?: number } | undefined)?.initialDelaySeconds),
  );
  return running?.startedAt !== undefined && now - running.startedAt < FIRST_MINUTE + Math.max(...delays) * 1000;
}

/** The time until which the startup probe of a container may fail; undefined when it has passed, or after a first restart. */
function startDeadlineOf({ spec, running, started, restarts }: Container, now: number): number | undefined {
  if (started !== false || restarts > 0 || running?.startedAt === undefined || !spec.startupProbe) return undefined;
  const probe = fields(spec.startupProbe);
  const seconds =
    number(probe.initialDelaySeconds) + number(probe.periodSeconds, 10) * number(probe.failureThreshold, 3);
  const until = running.startedAt + seconds * 1000;
  return until > now ? until : undefined;
}

/** A container that runs and is not ready: its probe fails. */
export const probeFails: Rule = {
  id: 'pod/probe',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Event', 'NetworkPolicy'],
  about: {
    looksAt:
      'Containers that have been running but not ready for more than a minute, the Unhealthy events of the kubelet, the probe compared with the ports and the other probes of the container, and the end of its log.',
    why: 'A pod with a container that is not ready is not a ready endpoint of any Service; after a failed liveness or startup probe the kubelet kills the container.',
    whatToDo: 'Correct port, path, scheme or timeout of the probe; or fix the problem that the program reports.',
  },
  *asks(input) {
    for (const { problem } of unready(input)) yield problem.read;
  },
  *look(input) {
    for (const group of unready(input)) yield probeFinding(input, group);
  },
};

function probeFinding({ view, answers, now }: RuleInput, group: UnreadyPodGroup<Unready>): FindingDraft {
  const { top, pods, problem } = group;
  const { container, type, message, othersReady, startDeadline } = problem;
  const fault =
    type === undefined
      ? {
          meaning: 'it has no readiness probe, and the kubelet reports no reason',
          fix: 'Check the kubelet of the node.',
        }
      : probeFailure(container, type, message);
  const log = answers.log(problem.read);
  const hint = log?.ok ? logHint(log.value, top.ref.namespace ?? '') : undefined;
  const at = type && probeOf(container, type);
  return unreadyPodsFinding(group, {
    // Before that time the container may still start, so the failure is not certain.
    severity: startDeadline === undefined ? 'high' : 'warn',
    summary: `${type ?? 'readiness'} probe fails: ${containerText(container)} of ${howMany(group)} ${startText(startDeadline, now)}${othersReady ? ' (its other containers are ready)' : ''}: ${fault.meaning}${hint ? `; log: ${hint.means}` : ''}`,
    evidence: [
      `status of ${containerText(container)}: running, ready false${container.started === false ? ', started false' : ''}`,
      at && `${type}Probe: ${at.target}`,
      portText(container),
      message !== '' && `event Unhealthy: "${message}"`,
      ...(log?.ok ? log.value.map(line => `log: ${line}`) : []),
      log?.ok === false && `not read: log of ${problem.read.pod}: ${log.message}`,
    ],
    cause: `${hint ? `The log says: ${hint.means}. ` : ''}The ${type ?? 'readiness'} probe of ${containerText(container)}${at ? ` (${at.target})` : ''} fails: ${fault.meaning}.`,
    fixes: [
      edit(view, top, hint ? `Fix what the log names: ${hint.means}.` : fault.fix),
      hint ? edit(view, top, fault.fix) : undefined,
      ...usualFixes(view, group),
    ],
    because: [...dnsCauses(view, pods), ...(hint?.because ?? [])],
  });
}

function portText({ spec }: Container): string {
  const ports = list(spec.ports).map(one => `${text(one.name)} ${text(one.containerPort)}`);
  return ports.length > 0 ? `ports: ${ports.join(', ')}` : '';
}

function startText(startsUntil: number | undefined, now: number): string {
  if (startsUntil === undefined) return 'runs and is not ready';
  const left = Math.ceil((startsUntil - now) / 60_000);
  return `has not started yet; it is killed if it does not start within ${counted(left, 'minute')}`;
}

/** Pods whose containers are all ready and that wait for a readiness gate, which another controller must set. */
export const readinessGate: Rule = {
  id: 'pod/readiness-gate',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet'],
  about: {
    looksAt: 'Pods whose containers are all ready while Ready is False with the reason ReadinessGatesNotReady.',
    why: 'A pod with a readiness gate counts as ready only when its controller (often a load balancer controller) has set the condition.',
    whatToDo:
      'Look at the controller that sets the condition; if there is none, remove readinessGates from the pod template.',
  },
  *look(input) {
    const groups = unreadyPodGroups(input, pod => {
      const ready = condition(pod, 'Ready');
      if (ready?.reason !== 'ReadinessGatesNotReady' || unreadyFor(pod, input.now) < 2 * FIRST_MINUTE) return undefined;
      const unmet = list(pod.spec.readinessGates)
        .map(one => text(one.conditionType))
        .filter(type => condition(pod, type)?.status !== 'True');
      return { key: unmet.join(), problem: { unmet, ready } };
    });
    for (const group of groups) {
      const { unmet, ready } = group.problem;
      yield unreadyPodsFinding(group, {
        summary: `readiness gate ${unmet.join(', ')} is not met for ${howMany(group)}; all containers are ready`,
        evidence: [quoted(ready), `spec.readinessGates: ${unmet.join(', ')}`],
        cause: `The controller that should set the condition ${unmet.join(', ')} on the pods has not done so.`,
        fixes: [
          edit(
            input.view,
            group.top,
            `Fix the controller that sets ${unmet.join(', ')}; if there is none, remove readinessGates from the pod template.`,
          ),
        ],
      });
    }
  },
};
