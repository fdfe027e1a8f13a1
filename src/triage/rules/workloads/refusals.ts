import type { Since } from '../../../health/trouble.ts';
import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number } from '../../../k8s/fields.ts';
import { refusalIn } from '../../facts/error-text.ts';
import { condition, sinceCondition } from '../../facts/fields.ts';
import type { Refusal } from '../../facts/refusal.ts';
import type { FixDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import type { RuleInput } from '../../rule.ts';
import { type Top, topKey, topOf } from '../pods/owner.ts';

/** A controller whose pods the API server refuses, with the message. */
export interface Refused {
  top: Top;
  /** The object whose pods are refused: a ReplicaSet, StatefulSet, DaemonSet or Job. */
  creator: ViewObject;
  message: string;
  refusal: Refusal | undefined;
  since: Since;
  /** How many pods are missing, at least one. */
  missingPods: number;
}

/** What a refusal means: what it is, its fixes and causes. */
export interface Explanation {
  summary: string;
  cause: string;
  fixes: (FixDraft | undefined)[];
  because: Cause[];
}

/** Older events are outdated: controllers retry at least every few minutes. */
const RECENT = 20 * 60_000;

/**
 * Every controller that lacks pods now because the API server refuses them; one for each top, with the newest
 * message.
 */
export function refusals({ view, now }: Pick<RuleInput, 'view' | 'now'>): Refused[] {
  const found = new Map<string, Refused>();
  for (const creator of view.all('ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job')) {
    const missingPods = missingPodsOf(creator);
    const latest =
      missingPods > 0 && creator.metadata.deletionTimestamp === undefined
        ? refusalMessage(view, creator, now)
        : undefined;
    if (latest === undefined) continue;
    const top = topOf(view, creator);
    found.set(topKey(top), {
      top,
      creator,
      missingPods,
      ...latest,
      refusal: refusalIn(latest.message),
    });
  }
  return [...found.values()];
}

/** How many pods an object lacks, by its own status. */
function missingPodsOf({ kind, spec, status }: ViewObject): number {
  switch (kind) {
    case 'ReplicaSet':
    case 'StatefulSet':
      return number(spec.replicas, 1) - number(status.replicas);
    case 'DaemonSet':
      return number(status.desiredNumberScheduled) - number(status.currentNumberScheduled);
    default: {
      const isDone = status.completionTime !== undefined || spec.suspend === true;
      return isDone
        ? 0
        : Math.min(number(spec.parallelism, 1), number(spec.completions, 1)) -
            number(status.active) -
            number(status.succeeded);
    }
  }
}

function refusalMessage(
  view: ClusterView,
  creator: ViewObject,
  now: number,
): { message: string; since: Since } | undefined {
  const failure = condition(creator, 'ReplicaFailure');
  const event = view
    .eventsAbout({ ...creator.metadata, kind: creator.kind })
    .find(one => one.reason === 'FailedCreate' && now - one.last < RECENT);
  if (failure?.status === 'True' && failure.reason === 'FailedCreate') {
    // The condition may be older than the event, which is of the latest attempt.
    const message = failure.message || event?.message || '';
    return { message, since: sinceCondition(failure, creator) };
  }
  return event === undefined ? undefined : { message: event.message, since: event.first };
}

/** The webhook configurations that have a webhook of this name. */
export function configurationsOf(view: ClusterView, webhook: string): ViewObject[] {
  return [...view.all('ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration')].filter(
    one => Array.isArray(one.webhooks) && one.webhooks.some(hook => fields(hook).name === webhook),
  );
}
