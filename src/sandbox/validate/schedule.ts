import { RANGES } from '../controllers/jobs/cron.ts';

/** What is wrong with the first bad field of a schedule of five fields, in the words of the server's own parser. */
export function wrongField(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return undefined;
  for (const [index, field] of schedule.split(/\s+/).entries()) {
    const range = RANGES[index];
    if (range === undefined) return undefined;
    for (const part of field.split(',').filter(text => text !== '')) {
      const wrong = wrongPart(part, range);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function wrongPart(part: string, [least, most, words]: (typeof RANGES)[number]): string | undefined {
  const [ends = '', step, ...more] = part.split('/');
  const [low = '', high, ...others] = ends.split('-');
  const isAll = low === '*' || low === '?';
  if (!isAll && others.length > 0) return `too many hyphens: ${part}`;
  const texts = [...(isAll ? [] : [low, ...(high === undefined ? [] : [high])]), ...(step === undefined ? [] : [step])];
  const unread = texts.find(text => Number.isNaN(numberOf(text, words, least)));
  if (unread !== undefined)
    return `failed to parse int from ${unread}: strconv.Atoi: parsing "${unread}": invalid syntax`;
  if (more.length > 0) return `too many slashes: ${part}`;
  const start = isAll ? least : numberOf(low, words, least);
  const single = step === undefined ? start : most;
  const end = isAll ? most : high === undefined ? single : numberOf(high, words, least);
  if (start < least) return `beginning of range (${start}) below minimum (${least}): ${part}`;
  if (end > most) return `end of range (${end}) above maximum (${most}): ${part}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`;
  return Number(step) === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function numberOf(text: string, words: readonly string[] | undefined, least: number): number {
  const at = words?.indexOf(text.toLowerCase()) ?? -1;
  if (at >= 0) return at + least;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
