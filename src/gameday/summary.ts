import { measured } from '../text/duration.ts';
import { sanitise } from '../text/sanitise.ts';
import type { DayRecord, DayScenario } from './journal/read-day.ts';

const HEAD = ['SCENARIO', 'END', 'OUTCOME', 'VERDICT', 'RECOVERY', 'SEEN AFTER', 'RESIDUE'];

/** A day as a table, a row for each scenario, then its notes. */
export function summaryOf(day: DayRecord): string[] {
  const rows = [HEAD, ...day.scenarios.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const table = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = day.notes.map(({ at, text, by, tag }) =>
    sanitise(`${new Date(at).toTimeString().slice(0, 8)}  ${tag === undefined ? '' : `[${tag}] `}${text}   ${by.name}`),
  );
  const last = day.end === undefined ? 'the day has not ended: mayday gameday resume' : day.end.says;
  return [`${day.begin?.plan ?? ''}: ${day.begin?.objective ?? ''}`, ...table, ...notes, last].map(line =>
    sanitise(line, 600),
  );
}

function cells({ name, end, outcome, runs, seen }: DayScenario): string[] {
  const results = runs.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const [first] = results;
  const injectedAt = first?.timings.injectedAt;
  const seenAt = seen[0]?.at;
  const residue = results.reduce((sum, one) => sum + one.residue, 0);
  return [
    name,
    end ?? 'going on',
    outcome?.outcome ?? '-',
    results.map(({ verdict }) => verdict).join(', ') || '-',
    first?.timings.recoveryMs === undefined ? '-' : measured(first.timings.recoveryMs),
    injectedAt === undefined || seenAt === undefined ? '-' : measured(seenAt - injectedAt),
    residue === 0 ? '0' : `${residue} REMAIN`,
  ].map(cell => sanitise(cell, 200));
}
