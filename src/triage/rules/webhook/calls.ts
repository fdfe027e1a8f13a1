import type { Since } from '../../../health/trouble.ts';
import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { refusalIn } from '../../facts/error-text.ts';
import type { Refusal } from '../../facts/refusal.ts';
import { type ReportedRefusal, reportedRefusals } from '../../facts/refusals.ts';
import type { Hook } from './hooks.ts';

/** Events older than this are outdated, unless an object still reports the failure. */
const RECENT_MS = 15 * 60_000;

type Unavailable = Extract<Refusal, { is: 'webhook unavailable' }>;
/** A failed webhook call that some object reports. */
export interface FailedCall {
  refusal: Unavailable;
  where: string;
  message: string;
  at: number | undefined;
  last: number | undefined;
}

/** Failed calls of these webhooks that workloads, applications and warning events report. */
export function callsSeen(view: ClusterView, hooks: readonly Hook[]): FailedCall[] {
  const names = new Set(hooks.map(({ name }) => name));
  return [...failedCalls(view)].filter(({ refusal }) => names.has(refusal.webhook));
}

/** Every reported failed call of any webhook. */
export function* failedCalls(view: ClusterView): Iterable<FailedCall> {
  for (const seen of reportedRefusals(view)) if (isUnavailable(seen.refusal)) yield callOf(seen, seen.refusal);
  for (const { about, message, reason, first, last } of view.events()) {
    const refusal = refusalIn(message);
    if (refusal === undefined || !isUnavailable(refusal)) continue;
    yield {
      refusal,
      where: `event ${reason} of ${about.kind} ${about.namespace ? `${about.namespace}/` : ''}${about.name}`,
      message: message,
      at: first.at,
      last,
    };
  }
}

const isUnavailable = (refusal: Refusal): refusal is Unavailable => refusal.is === 'webhook unavailable';

const callOf = ({ about, where, message: said, at }: ReportedRefusal, refusal: Unavailable): FailedCall => {
  const { namespace, name } = about.metadata;
  return {
    refusal,
    where: `${about.kind} ${namespace ? `${namespace}/` : ''}${name} ${where}`,
    message: said,
    at,
    last: undefined,
  };
};

/** Whether a call failed recently, or an object still reports it. */
export const isRecent = ({ last }: FailedCall, now: number): boolean => last === undefined || now - last < RECENT_MS;

/** The earliest failed call: the webhook has been broken at least since then. */
export function seenSince(calls: readonly FailedCall[], now: number): Since | undefined {
  const times = calls.flatMap(({ at }) => (at === undefined || at > now ? [] : [at]));
  return times.length === 0 ? undefined : { at: Math.min(...times), exact: false };
}

/** Quotes a failed call as an evidence line. */
export const callEvidence = ({ where, message: said }: FailedCall): string => `${where}: "${said}"`;
