const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const WHOLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
/** Go holds durations as 64-bit nanoseconds. */
const LONGEST_NS = 2 ** 63;

/** Milliseconds of a duration as Go writes it (`90s`, `1m30s`, `1.5h`, `0`); undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!WHOLE.test(text)) return undefined;
  let ns = 0;
  for (const [, number, unit] of text.matchAll(PART)) ns += Number(number) * (UNIT_NS[unit ?? ''] ?? 0);
  if (ns >= LONGEST_NS) return undefined;
  const ms = Math.trunc(ns) / 1e6;
  return text.startsWith('-') ? -ms : ms;
}

export const DURATION_HINT = 'a duration such as "90s", "1m30s" or "500ms"';
