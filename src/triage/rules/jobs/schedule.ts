const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MACROS: Readonly<Record<string, number>> = {
  '@hourly': HOUR,
  '@daily': DAY,
  '@midnight': DAY,
  '@weekly': 7 * DAY,
  '@monthly': 31 * DAY,
  '@yearly': 366 * DAY,
  '@annually': 366 * DAY,
};

/** The longest gap between two values of a cyclic field with `size` values. */
function gap(field: string, size: number): number {
  const step = /^\*(?:\/(\d+))?$/.exec(field);
  if (step) return Math.min(size, Number(step[1] ?? 1));
  const values = field.split(',').map(Number);
  if (values.length < 2 || values.some(Number.isNaN)) return size;
  const sorted = values.sort((a, b) => a - b);
  const around = size - (sorted.at(-1) ?? 0) + (sorted[0] ?? 0);
  return sorted.slice(1).reduce((most, value, i) => Math.max(most, value - (sorted[i] ?? 0)), around);
}

/**
 * The longest time between two runs of a schedule, approximately, in milliseconds; undefined when it cannot be
 * parsed.
 */
export function longestPause(schedule: string): number | undefined {
  const words = schedule
    .trim()
    .replace(/^(CRON_)?TZ=\S+\s+/, '')
    .split(/\s+/);
  const macro = MACROS[words[0] ?? ''];
  if (macro !== undefined) return macro;
  if (words.length !== 5) return undefined;
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = words;
  if (month !== '*') return 366 * DAY;
  if (day !== '*') return 31 * DAY;
  if (weekday !== '*') return 7 * DAY;
  if (hour !== '*') return gap(hour, 24) * HOUR + (gap(hour, 24) === 24 ? 0 : HOUR);
  return gap(minute, 60) * MINUTE;
}
