import type { Report } from '../model.ts';

/** Members that hold a time and are written as text. */
const MOMENT = /^(at|from|to|madeAt|startedAt|endedAt)$/;

/** The report as JSON: `{kind: 'mayday-report', v: 1, …}`, times as RFC 3339 text, durations in milliseconds. Later versions may add members. */
export function reportJson(report: Report): Record<string, unknown> {
  return { kind: 'mayday-report', v: 1, ...(withTimes(report) as Record<string, unknown>) };
}

function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'number' && MOMENT.test(name) ? new Date(inner).toISOString() : withTimes(inner),
    ]),
  );
}
