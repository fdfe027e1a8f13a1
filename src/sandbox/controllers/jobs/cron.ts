/** The names that a schedule may have in place of its five fields. */
const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** The fields of a schedule: minute, hour, day of the month, month, day of the week. */
export const RANGES: readonly [least: number, most: number, words?: readonly string[]][] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12, MONTHS],
  [0, 6, DAYS],
];
export const MINUTE_MS = 60_000;

/** Tells whether a minute is one of the schedule's. */
export type IsDue = (at: number) => boolean;

/** Reads a schedule; one that cannot be read is never due. */
export function isDueBy(schedule: string, timeZone = 'UTC'): IsDue {
  const fields = (NAMED[schedule.trim()] ?? schedule).trim().split(/\s+/);
  const sets = RANGES.map(([least, most, words], index) => valuesOf(fields[index] ?? '', least, most, words));
  const [minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  // When both day fields are restricted, a match of either makes a day due.
  const isEither = [fields[2], fields[4]].every(field => field !== '*' && field !== '?');
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  });
  return at => {
    const now = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = days.has(Number(now.day));
    const weekday = weekdays.has(DAYS.indexOf(String(now.weekday).toLowerCase()));
    return (
      fields.length === RANGES.length &&
      minutes.has(Number(now.minute)) &&
      hours.has(Number(now.hour)) &&
      months.has(Number(now.month)) &&
      (isEither ? day || weekday : day && weekday)
    );
  };
}

function valuesOf(field: string, least: number, most: number, words: readonly string[] = []): Set<number> {
  const number = (text: string): number => {
    const word = words.indexOf(text.toLowerCase());
    return word < 0 ? Number(text) : word + least;
  };
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const isAll = range === '*' || range === '?';
    const [from, to] = isAll ? [least, most] : (range.split('-').map(number) as [number, number | undefined]);
    const last = to ?? (step === undefined ? from : most);
    for (let value = from; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** The last minute after `since` and not after `now` that is due; looks back at most a day. */
export function lastDue(isDue: IsDue, since: number, now: number): number | undefined {
  const first = Math.max(since, now - 24 * 60 * MINUTE_MS);
  for (let at = Math.floor(now / MINUTE_MS) * MINUTE_MS; at > first; at -= MINUTE_MS) if (isDue(at)) return at;
  return undefined;
}
