import type { DayRecord, DayRun, DayScenario } from '../journal/read-day.ts';
import type { ScenarioEnd } from '../journal/record.ts';

const isMissingEnd = (end: ScenarioEnd): boolean => end === 'died' || end === 'stopped' || end === 'refused';

/** Whether a scenario is still to be done: it was not begun, or it died, was stopped or refused. */
export function isDue({ scenarios }: Pick<DayRecord, 'scenarios'>, name: string): boolean {
  const end = scenarios.find(one => one.name === name)?.end;
  return end === undefined || isMissingEnd(end);
}

/** The runs of a scenario that count: of each file the last. */
export const lastRuns = ({ runs }: Pick<DayScenario, 'runs'>): DayRun[] => [
  ...new Map(runs.map(run => [run.path, run])).values(),
];

/** The runs of a scenario that need not be done again: they went to their end, and nothing of them is left. */
export const doneRuns = (scenario: Pick<DayScenario, 'runs'>): DayRun[] =>
  lastRuns(scenario).filter(
    ({ result }) =>
      result !== undefined && result.interrupted === undefined && result.refusal === undefined && result.residue === 0,
  );
