import type { Since } from '../../../health/trouble.ts';
import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { earliest, sinceOfContainer } from '../../../health/view/since.ts';
import { list, text } from '../../../k8s/fields.ts';
import { age } from '../../../text/duration.ts';
import { created } from '../../facts/fields.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { dnsCauses } from '../services/dns-egress.ts';
import { type Container, containersOf, containerText, type Ended } from './containers.ts';
import { type Crash, type CrashExplanation, explainCrash, isOom } from './crash-explanation.ts';
import { configMapsOf, fixes } from './crash-fixes.ts';
import { hintCauses } from './hint-causes.ts';
import { POD_OWNERS } from './owner.ts';
import {
  howMany,
  podNames,
  podRef,
  type UnreadyPodGroup,
  unreadyPodGroups,
  unreadySince,
  usualCauses,
} from './unready-pods.ts';

const START_FAILURES: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

const crashes = (input: Pick<RuleInput, 'view' | 'now'>): UnreadyPodGroup<Crash>[] =>
  unreadyPodGroups(input, pod => {
    for (const container of containersOf(pod)) {
      const end = crashOf(container, pod, input.now);
      if (end === undefined || START_FAILURES.has(end.end?.reason ?? '')) continue;
      // A waiting container's previous run crashed; an ended container's own log has the crash.
      const previous = container.ended === undefined;
      const { namespace, name } = podRef(pod);
      const read = {
        is: 'log',
        namespace,
        pod: name,
        container: container.name,
        lines: 12,
        ...(previous && { previous }),
      } as const;
      return {
        key: `${container.name} ${end.end?.reason} ${end.end?.exitCode}`,
        problem: { container, end: end.end, read },
      };
    }
    return undefined;
  });

/** Undefined when the container does not crash; `end` is undefined when it is not known how it ended. */
function crashOf(
  { waiting, ended, last, restarts }: Container,
  pod: ViewObject,
  now: number,
): { end: Ended | undefined } | undefined {
  if (waiting?.reason === 'CrashLoopBackOff') return { end: last ?? ended };
  const restartsAlways = text(pod.spec.restartPolicy) !== 'Never';
  if (ended && restartsAlways && restarts > 0 && (ended.exitCode !== 0 || text(pod.spec.restartPolicy) !== 'OnFailure'))
    return { end: ended };
  // Between two crashes the container runs for a moment without being ready.
  const isRecent = last?.finishedAt !== undefined && now - last.finishedAt < 10 * 60_000;
  return waiting === undefined && isRecent && restarts >= 3 && now - created(pod) > 120_000 ? { end: last } : undefined;
}

/** A container that keeps crashing: with its exit code, the reason and the last lines of its log. */
export const crashLoop: Rule = {
  id: 'pod/crash-loop',
  gate: 'G9',
  needs: ['Pod'],
  wants: [...POD_OWNERS, 'Event', 'NetworkPolicy', 'Service'],
  about: {
    looksAt:
      'Containers in CrashLoopBackOff, or ended by an error and restarted: how their last run ended (exit code, signal) and the last lines of its log. Older restarts are left out.',
    why: 'The kubelet restarts them with a growing delay of up to five minutes; meanwhile the pod serves nothing.',
    whatToDo:
      'Read the end of the log. Exit code 143, or 137 without OOMKilled: look at the liveness probe. 127 or 126: fix the command.',
  },
  *asks(input) {
    for (const { problem } of crashes(input)) yield problem.read;
  },
  *look(input) {
    for (const group of crashes(input)) if (!isOom(group.problem)) yield findingFor(input, group);
  },
};

/** A container that is killed again and again because it uses more memory than its limit. */
export const oomKilled: Rule = {
  id: 'pod/oom-killed',
  gate: 'G9',
  needs: ['Pod'],
  wants: [...POD_OWNERS, 'LimitRange', 'Service'],
  about: {
    looksAt: 'Containers whose last run ended as OOMKilled and that are not running now, with their memory limit.',
    why: 'The kernel kills a container at its memory limit; it is killed again as soon as it reaches the limit again.',
    whatToDo:
      'Raise the memory limit, or fix what uses the memory. A limit that is not in the pod template comes from a LimitRange.',
  },
  *look(input) {
    for (const group of crashes(input)) if (isOom(group.problem)) yield findingFor(input, group);
  },
};

/**
 * Since when it crashes. Only the last end is recorded, so a container that crashed more than once has done so at
 * least since then.
 */
function crashingSince({ pods, problem: { container } }: UnreadyPodGroup<Crash>): Since | undefined {
  const runs = pods.flatMap(pod =>
    list(pod.status.containerStatuses)
      .filter(({ name }) => name === container.name)
      .map(status => sinceOfContainer(status, pod)),
  );
  const since = earliest(unreadySince(pods), ...runs);
  return since && { at: since.at, exact: since.exact && container.restarts <= 1 };
}

function findingFor(input: RuleInput, group: UnreadyPodGroup<Crash>): FindingDraft {
  const { top, pods, problem } = group;
  const { container } = problem;
  const explanation = explainCrash(input, group);
  const { howItEnded, hint } = explanation;
  return {
    severity: 'high',
    object: top.object ?? top.ref,
    summary: `${containerText(container)} of ${howMany(group)} keeps crashing: ${howItEnded}${hint ? `; log: ${hint.means}` : ''}`,
    since: crashingSince(group),
    evidence: [podNames(pods), ...evidence(problem, explanation, input.now)],
    cause: causeText(container, explanation),
    fixes: [...fixes(input, group, explanation)],
    because: [
      ...usualCauses(group).filter(({ kind }) => kind !== 'Node' || !servesNode(pods)),
      ...dnsCauses(input.view, pods),
      ...(hint === undefined ? [] : hintCauses(input.view, hint)),
      ...configMapsOf(container, top.ref.namespace),
    ],
  };
}

/** DaemonSet pods in the host network, such as a network plugin: a node without them is not ready, so the node does not explain that they crash. */
const servesNode = (pods: readonly ViewObject[]): boolean =>
  pods.every(({ spec, metadata }) => spec.hostNetwork === true && metadata.ownerReferences.some(isDaemonSet));

const isDaemonSet = ({ kind }: { kind: string }): boolean => kind === 'DaemonSet';

function evidence(
  { container, end, read }: Crash,
  explanation: CrashExplanation,
  now: number,
): (string | false | undefined)[] {
  const { waiting, ended, restarts } = container;
  const state = waiting ? `waiting ${waiting.reason}` : ended ? `terminated ${ended.reason}` : 'running, not ready';
  const when = end?.finishedAt === undefined ? '' : `, ended ${age(now - end.finishedAt)} ago`;
  return [
    `status of ${containerText(container)}: ${state}, restartCount ${restarts}`,
    end && `last run: ${end.reason}, exit code ${end.exitCode}${end.message && ` "${end.message}"`}${when}`,
    explanation.oom && `resources.limits.memory: ${explanation.limit || 'none'}`,
    explanation.killingProbe && `event Unhealthy: "${explanation.killingProbe.message}"`,
    ...explanation.lines.map(line => `log: ${line}`),
    explanation.unread !== undefined && `not read: log of ${read.pod}: ${explanation.unread}`,
  ];
}

function causeText(container: Container, { oom, limit, hint, howItEnded, limitRange }: CrashExplanation): string {
  if (oom)
    return `${containerText(container)} needs more memory than ${limit ? `its limit of ${limit}` : 'the node can give'}; the kernel kills it each time (OOMKilled).${limitRange ? ` The template sets no limit: it is the default of LimitRange ${limitRange}.` : ''}`;
  return `${hint ? `The log says: ${hint.means}. ` : ''}The last run ended with ${howItEnded}.`;
}
