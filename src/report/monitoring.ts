import type { Moment } from './model.ts';

/** What monitoring and the probes of a game-day reported. Times in milliseconds since the epoch; texts are sanitised. */
export interface Monitoring {
  /** Alerts that began, in order; absent where the plan names no source of alerts. */
  alerts?: readonly { at: number; name: string }[];
  /** When a source of alerts stopped answering (`why`) or answered again. */
  sources?: readonly { at: number; source: string; why?: string }[];
  /** Probes that changed. */
  probes?: readonly { at: number; probe: string; state: 'pass' | 'fail' | 'blind'; expected: string; actual: string }[];
}

interface Span {
  from: number;
  to: number;
}

/** T2 according to monitoring. Where a source did not answer in that time, it is BLIND, and not undetected. */
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
/** A probe that changes all the time is shown with this many changes at most. */
const MOST_FLIPS = 12;

/** The changes of probes as moments of the time line. */
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
