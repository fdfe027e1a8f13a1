import { measured } from '../../text/duration.ts';
import type { Moment } from '../model.ts';
import { faultSpan, placedMoments } from './report-texts.ts';

const COLUMNS = 40;

/** The time line of a run in characters, a line for each moment that has a time. `=` marks the time that the fault was in. */
export function timelineText(moments: readonly Moment[], columns = COLUMNS): string[] {
  const placed = placedMoments(moments);
  const span = faultSpan(moments);
  if (span === undefined) return [];
  const column = (share: number) => Math.round(share * (columns - 1));
  const out = column(span.to);
  return placed.map(({ moment, share }) => {
    const line: string[] = Array.from({ length: columns }, (_, at) => (at <= out ? '=' : '-'));
    line[column(share)] = 'O';
    const label = moment.id.padEnd(2).replace(/^. $/, '  ');
    const says = moment.says ? `  ${moment.says}` : '';
    return `${label} ${moment.name.padEnd(24)} |${line.join('')}| ${measured(moment.afterMs ?? 0).padStart(7)}${says}`;
  });
}
