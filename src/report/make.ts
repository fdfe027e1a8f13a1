import { compare } from './compare.ts';
import { figuresOf } from './figures.ts';
import { type Assignment, findingsOf } from './findings.ts';
import type { DayPart, Report, Scenario, Where } from './model.ts';

/** What was read for a report, before it is summed up. */
export interface ReportParts {
  title: string;
  source: Report['source'];
  scenarios: Scenario[];
  notRun: Report['notRun'];
  day?: DayPart;
  problems: string[];
}

export interface ReportOptions {
  madeAt: number;
  madeBy: string;
  assigned?: Assignment;
  /** An earlier report to compare with. */
  before?: Report;
}

/** Makes the report from what was read; pure. */
export function makeReport(parts: ReportParts, { madeAt, madeBy, assigned, before }: ReportOptions): Report {
  const { scenarios } = parts;
  const times = scenarios.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter(at => at !== undefined);
  const count = (verdict: Scenario['verdict']) => scenarios.filter(one => one.verdict === verdict).length;
  const report: Report = {
    ...parts,
    madeAt,
    madeBy,
    ...(times.length === 0 ? {} : { from: Math.min(...times), to: Math.max(...times) }),
    where: placesOf(scenarios),
    counts: {
      total: scenarios.length,
      Resilient: count('Resilient'),
      Degraded: count('Degraded'),
      Failed: count('Failed'),
      Inconclusive: count('Inconclusive'),
      Unfinished: count('Unfinished'),
      residue: scenarios.reduce((sum, { residue = 0 }) => sum + residue, 0),
    },
    figures: figuresOf(scenarios),
    findings: findingsOf(scenarios, parts.day, assigned),
  };
  return before === undefined ? report : { ...report, comparison: compare(before, report) };
}

function placesOf(scenarios: readonly Scenario[]): Where[] {
  const places = new Map(scenarios.map(({ where }) => [JSON.stringify(where), where]));
  return [...places.values()].filter(where => Object.keys(where).length > 0);
}
