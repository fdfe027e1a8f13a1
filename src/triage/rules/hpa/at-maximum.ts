import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, number, text } from '../../../k8s/fields.ts';
import { undoneBy } from '../../facts/claims.ts';
import { condition, quoted, sinceCondition } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** An autoscaler may be at its maximum for this long: short peaks are normal. */
const GRACE_MS = 10 * 60_000;

/** `cpu 95% (target 70%)`: the metrics that are above their target. */
const aboveTarget = ({ spec, status }: ViewObject): string[] =>
  list(status.currentMetrics).flatMap(one => {
    const now = fields(one.resource);
    const used = number(fields(now.current).averageUtilization);
    const goal = list(spec.metrics)
      .map(metric => fields(metric.resource))
      .find(({ name }) => name === now.name);
    const wanted = number(fields(goal?.target).averageUtilization);
    return wanted > 0 && used > wanted ? [`${text(now.name)} ${used}% (target ${wanted}%)`] : [];
  });

/** An autoscaler that wants more replicas than its maximum. */
export const hpaAtMaximum: Rule = {
  id: 'hpa/at-maximum',
  gate: 'G9',
  needs: ['HorizontalPodAutoscaler'],
  about: {
    looksAt:
      'HorizontalPodAutoscalers whose condition ScalingLimited has been True for TooManyReplicas for over ten minutes, and their metrics.',
    why: 'The load needs more replicas than spec.maxReplicas allows: latency grows, although nothing fails yet. During a peak this may be intended.',
    whatToDo: 'Raise maxReplicas if the nodes and the quota have capacity, or find out where the load comes from.',
  },
  *look({ view, now }) {
    for (const hpa of view.all('HorizontalPodAutoscaler')) {
      const limited = condition(hpa, 'ScalingLimited');
      if (limited?.status !== 'True' || limited.reason !== 'TooManyReplicas') continue;
      const since = sinceCondition(limited, hpa);
      if (now - since.at < GRACE_MS) continue;
      const most = number(hpa.spec.maxReplicas);
      const target = fields(hpa.spec.scaleTargetRef);
      const metrics = aboveTarget(hpa);
      yield {
        severity: 'warn',
        object: hpa,
        summary: `at its maximum of ${most} replicas, and the load needs more${metrics.length > 0 ? `: ${metrics.join(', ')}` : ''}`,
        since,
        evidence: [quoted(limited), `status.currentReplicas: ${number(hpa.status.currentReplicas)}`],
        cause: `spec.maxReplicas ${most} keeps ${text(target.kind)} ${text(target.name)} from getting more pods.`,
        fixes: [
          {
            text: `Raise maxReplicas if the nodes and the quota have capacity, or find out where the load comes from.${undoneBy(view, hpa)}`,
            command: patchCommand(view, named(refOf(hpa)), 'merge', { spec: { maxReplicas: Math.ceil(most * 1.5) } }),
          },
          {
            text: 'See its metrics and events.',
            command: command(view, ['kubectl', 'describe', ...named(refOf(hpa))]),
          },
        ],
        because: [causeOf(refOf(hpa), 'chaos/')],
      };
    }
  },
};
