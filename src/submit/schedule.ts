import { sanitise } from '../text/sanitise.ts';

interface Field {
  name: string;
  least: number;
  most: number;
  words?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of the week', least: 0, most: 6, words: DAYS },
];
const NAMED = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/**
 * What is wrong with the schedule of a CronJob, in one line; undefined where it is valid. Accepts what the server accepts: five fields, or one
 * of the names such as `@daily`.
 */
export function scheduleProblem(schedule: string): string | undefined {
  const text = schedule.trim();
  const found = `found "${sanitise(schedule, 80)}"`;
  if (/^(CRON_)?TZ=/.test(text)) return `expected a schedule without a time zone, ${found}: give it with --time-zone`;
  if (text.startsWith('@'))
    return NAMED.includes(text) ? undefined : `expected five fields or one of ${NAMED.join(', ')}, ${found}`;
  const parts = text.split(/\s+/).filter(part => part !== '');
  if (parts.length !== FIELDS.length)
    return `expected five fields (minute, hour, day of the month, month, day of the week) such as "30 3 * * 1-5", ${found}`;
  for (const [index, field] of FIELDS.entries()) {
    const wrong = (parts[index] ?? '').split(',').find(part => !isPart(part, field));
    if (wrong !== undefined)
      return `expected the ${field.name} to be ${field.least} to ${field.most}, a range, a list or *, found "${sanitise(wrong, 40)}" in "${sanitise(schedule, 80)}"`;
  }
  return undefined;
}

/** Whether a text is a star, a number or a range of two numbers, each with an optional step. */
function isPart(part: string, field: Field): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0))) return false;
  if (range === '*' || range === '?') return true;
  const ends = range.split('-').map(end => numberOf(end, field));
  if (ends.length > 2 || ends.some(end => end === undefined)) return false;
  const [from = 0, to = from] = ends as number[];
  return from <= to;
}

function numberOf(text: string, { least, most, words }: Field): number | undefined {
  const word = words?.indexOf(text.toLowerCase()) ?? -1;
  if (word >= 0) return word + least;
  const number = Number(text);
  return /^\d+$/.test(text) && number >= least && number <= most ? number : undefined;
}

/** What is wrong with the name of a time zone, in one line; undefined where it is valid. */
export function timeZoneProblem(name: string): string | undefined {
  const problem = `expected the name of a time zone such as Europe/Berlin or Etc/UTC, found "${sanitise(name, 80)}"`;
  if (name === '' || name.toLowerCase() === 'local') return problem;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[+-]/.test(name) ? problem : undefined;
  } catch {
    return problem;
  }
}
