import type { RunResult } from '../../run/verdict/result.ts';
import { exitCode, mostSevere } from '../../run/verdict/result.ts';
import type { Outcome, ScenarioEnd } from '../journal/record.ts';

/** What became of one scenario, as far as the exit code of the day needs it. */
export interface EndState {
  end: ScenarioEnd;
  results: readonly Pick<RunResult, 'residue' | 'interrupted' | 'broken' | 'refusal' | 'dryRun' | 'verdict'>[];
  outcome?: Outcome['outcome'];
}

const BY_END: Record<ScenarioEnd, number> = { done: 0, skipped: 0, refused: 5, aborted: 6, stopped: 6, died: 6 };
const BY_OUTCOME: Record<Outcome['outcome'], number> = { passed: 0, failed: 4, unsure: 5 };

/** The exit code of a day: the most severe one of its scenarios, of their runs and of the outcomes that people gave. */
export function dayExitCode(ended: readonly EndState[], isStopped: boolean): number {
  const codes = ended.flatMap(({ end, results, outcome }) => [
    BY_END[end],
    ...results.map(exitCode),
    // An outcome counts by itself only for a scenario that was done by hand to its end.
    ...(outcome === undefined || end !== 'done' || results.length > 0 ? [] : [BY_OUTCOME[outcome]]),
    ...(outcome === 'failed' && end === 'done' && !results.some(one => exitCode(one) > 0) ? [BY_OUTCOME.failed] : []),
  ]);
  if (isStopped) codes.push(6);
  return mostSevere(codes);
}
