import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { quantityOf } from '../../../k8s/quantity.ts';
import type { Clean } from '../../../text/sanitise.ts';
import type { RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import type { Container, Ended } from './containers.ts';
import { exitText } from './exit-code-text.ts';
import { type LogHint, logHint } from './log-hints.ts';
import { podRef, type UnreadyPodGroup } from './unready-pods.ts';

/** A container of a pod that crashes, how its last run ended, and the read of that run's log. */
export interface Crash {
  container: Container;
  end: Ended | undefined;
  read: Extract<NamedRead, { is: 'log' }>;
}

/** Whether the container was killed because it used more memory than its limit. */
export const isOom = ({ end }: Crash): boolean => end?.reason === 'OOMKilled';

/** What is known about a crash, for the evidence, the cause and the fixes. */
export interface CrashExplanation {
  oom: boolean;
  limit: string;
  killingProbe: { probe: string; message: string } | undefined;
  byProbe: boolean;
  lines: readonly Clean[];
  unread: string | undefined;
  hint: LogHint | undefined;
  howItEnded: string;
  /** The LimitRange that set the limit. */
  limitRange: string | undefined;
}

/** Explains a crash by its exit code, the events of its pod, the log and the memory limit. */
export function explainCrash(input: RuleInput, group: UnreadyPodGroup<Crash>): CrashExplanation {
  const { view, answers } = input;
  const { top, pods, problem } = group;
  const { container, end } = problem;
  const oom = isOom(problem);
  const killer = killingProbeOf(view.eventsAbout(podRef(pods[0] as ViewObject)), container);
  const byProbe = !oom && (end?.exitCode === 143 || end?.exitCode === 137) && killer !== undefined;
  const log = answers.log(problem.read);
  const lines = log?.ok ? log.value : [];
  const output = [...lines, end?.message ?? ''].filter(line => line !== '');
  const hint = oom ? undefined : logHint(output, top.ref.namespace ?? '');
  const limit = text(fields(fields(container.spec.resources).limits).memory);
  const howItEnded = oom
    ? `OOMKilled${limit && ` at its memory limit of ${limit}`}`
    : byProbe
      ? `the kubelet kills it because its ${killer.probe} probe fails`
      : end
        ? exitText(end)
        : 'the kubelet does not say how it ended';
  return {
    oom,
    limit,
    killingProbe: killer,
    byProbe,
    lines,
    unread: log?.ok === false ? log.message : undefined,
    hint,
    howItEnded,
    limitRange: oom ? limitRangeOf(input, group, limit) : undefined,
  };
}

/** The LimitRange that set a limit which the pod template does not have. */
function limitRangeOf(
  { view }: RuleInput,
  { top, problem }: UnreadyPodGroup<Crash>,
  limit: string,
): string | undefined {
  const template = fields(fields(fields(top.object?.spec.template).spec));
  const own = list(template.containers).find(one => text(one.name) === problem.container.name);
  if (limit === '' || own === undefined || text(fields(fields(own.resources).limits).memory) !== '') return undefined;
  const range = view
    .inNamespace('LimitRange', top.ref.namespace ?? '')
    .find(one =>
      list(one.spec.limits).some(item => quantityOf(text(fields(item.default).memory)) === quantityOf(limit)),
    );
  return range?.metadata.name;
}

/** The newest event about a failing probe that makes the kubelet kill the container. */
function killingProbeOf(
  events: readonly { reason: string; message: string }[],
  container: Container,
): { probe: string; message: string } | undefined {
  for (const { reason, message } of events) {
    const found = reason === 'Unhealthy' ? /^(Liveness|Startup) probe (?:failed|errored)/.exec(message) : null;
    const probe = found?.[1]?.toLowerCase();
    if (probe && container.spec[`${probe}Probe`]) return { probe, message };
  }
  return undefined;
}
