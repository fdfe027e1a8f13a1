import type { Moment } from './model.ts';

/** What monitoring and the probes of a day said; times in milliseconds since the epoch, texts sanitised. */
export interface Monitoring {
  /** Alerts that began, in their order; none where the plan does not say where alerts are told. */
  alerts?: readonly { at: number; name: string }[];
  /** Since when a source of alerts does not answer (`why`), or answers. */
  sources?: readonly { at: number; source: string; why?: string }[];
  /** Probes that changed. */
  probes?: readonly { at: number; probe: string; state: 'pass' | 'fail' | 'blind'; expected: string; actual: string }[];
}

interface Span {
  from: number;
  to: number;
}

/** T2 as monitoring has it. A source that did not answer meanwhile would have told of nothing: that is BLIND, and not undetected. */
export function detectedBy(
  { alerts = [], sources = [] }: Monitoring,
  span: Span,
): Pick<Moment, 'at' | 'says' | 'isBlind'> {
  const first = alerts.find(({ at }) => span.from <= at && at <= span.to);
  if (first !== undefined) return { at: first.at, says: `alert ${first.name}` };
  const blind = sources.find((one, index) => {
    const next = sources.slice(index + 1).find(({ source }) => source === one.source);
    return one.why !== undefined && one.at <= span.to && (next === undefined || next.at > span.from);
  });
  if (blind === undefined) return { says: 'no alert began' };
  return {
    says: `BLIND: ${blind.source} did not answer (${blind.why}): whether an alert began is not known`,
    isBlind: true,
  };
}

const WORDS = { pass: 'steady again', fail: 'BROKEN', blind: 'BLIND' } as const;
/** A probe that flips all the time says so in few rows as well as in many. */
const MOST_FLIPS = 12;

/** The changes of the probes as moments of a drawing. */
export const probeMoments = ({ probes = [] }: Monitoring, { from, to }: Span): Moment[] =>
  probes
    .filter(({ at }) => from <= at && at <= to)
    .slice(0, MOST_FLIPS)
    .map(({ at, probe, state, actual }) => ({
      id: 'P',
      name: `probe ${probe} ${WORDS[state]}`,
      at,
      afterMs: at - from,
      says: actual,
    }));
