import { cut } from '../../text/cut.ts';
import { measured } from '../../text/duration.ts';
import { sanitise } from '../../text/sanitise.ts';
import { faultSpan, placedMoments } from '../formats/report-texts.ts';
import type { Moment } from '../model.ts';

const WIDTH = 640;
const LABELS = 190;
const TIMES = 60;
const ROW = 20;
const TRACK = WIDTH - LABELS - TIMES;

/** The longest label that fits beside the line. */
const LONGEST = 36;

/** The label of a moment; an alert and a tripped condition are named. */
const labelOf = ({ id, name, says = '' }: Moment): string =>
  id === 'X' ? `tripped: ${says}` : id === 'T2' && says.startsWith('alert ') ? says : name;

/** The time line of a run as SVG, a row for each moment; the thick part of a line is the time that the fault was in. */
export function Timeline({ moments, name }: { moments: readonly Moment[]; name: string }) {
  const placed = placedMoments(moments);
  const span = faultSpan(moments);
  if (span === undefined) return null;
  const x = (share: number) => LABELS + share * TRACK;
  const height = placed.length * ROW + 8;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`timeline of ${name}`}>
      <title>{`timeline of ${name}`}</title>
      {placed.map(({ moment, share }, index) => {
        const y = index * ROW + ROW / 2 + 4;
        const key = `${moment.id} ${moment.afterMs} ${moment.name}`;
        return (
          <g key={key}>
            <text x={0} y={y + 4}>
              {cut(
                sanitise(moment.id.length === 2 ? `${moment.id}  ${labelOf(moment)}` : `      ${labelOf(moment)}`),
                LONGEST,
              )}
            </text>
            <line x1={x(0)} y1={y} x2={x(1)} y2={y} stroke="var(--calm)" strokeWidth={2} />
            <line x1={x(0)} y1={y} x2={x(span.to)} y2={y} stroke="var(--fault)" strokeWidth={7} />
            <circle cx={x(share)} cy={y} r={5} fill="currentColor" />
            <text x={WIDTH} y={y + 4} textAnchor="end" className="dim">
              {measured(moment.afterMs ?? 0)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
