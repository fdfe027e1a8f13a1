import type { DayRecord, DayRun, DayScenario } from '../journal/read-day.ts';
import type { ScenarioEnd } from '../journal/record.ts';

const isMissingEnd = (end: ScenarioEnd): boolean => end === 'died' || end === 'stopped' || end === 'refused';

/** Whether a scenario has still to be done: it was not begun, or it died, was stopped or was refused. */
export function isDue({ scenarios }: Pick<DayRecord, 'scenarios'>, name: string): boolean {
  const end = scenarios.find(one => one.name === name)?.end;
  return end === undefined || isMissingEnd(end);
}

/** The last run of each experiment file of a scenario; earlier ones do not count. */
export const lastRuns = ({ runs }: Pick<DayScenario, 'runs'>): DayRun[] => [
  ...new Map(runs.map(run => [run.path, run])).values(),
];

/** The runs of a scenario that need not be repeated: they ended, and left nothing in the cluster. */
export const doneRuns = (scenario: Pick<DayScenario, 'runs'>): DayRun[] =>
  lastRuns(scenario).filter(
    ({ result }) =>
      result !== undefined && result.interrupted === undefined && result.refusal === undefined && result.residue === 0,
  );
