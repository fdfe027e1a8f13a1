import type { RunResult } from '../../run/verdict/result.ts';
import { exitCode } from '../../run/verdict/result.ts';
import type { Outcome, ScenarioEnd } from '../journal/record.ts';

/** What became of one scenario, as far as the exit code of the day needs it. */
export interface Told {
  end: ScenarioEnd;
  results: readonly Pick<RunResult, 'residue' | 'interrupted' | 'broken' | 'refusal' | 'dryRun' | 'verdict'>[];
  outcome?: Outcome['outcome'];
}

const BY_END: Record<ScenarioEnd, number> = { done: 0, skipped: 0, refused: 5, aborted: 6, stopped: 6, died: 6 };
const BY_OUTCOME: Record<Outcome['outcome'], number> = { passed: 0, failed: 4, unsure: 5 };
const GRAVITY = [7, 1, 8, 6, 4, 5, 3, 0];

/** The exit code of a day: the gravest of what its scenarios came to, what people said of them included. */
export function dayExitCode(told: readonly Told[], isStopped: boolean): number {
  const codes = told.flatMap(({ end, results, outcome }) => [
    BY_END[end],
    ...results.map(exitCode),
    // What was not over was not judged.
    ...(outcome === undefined || end !== 'done' || results.length > 0 ? [] : [BY_OUTCOME[outcome]]),
    ...(outcome === 'failed' && end === 'done' && !results.some(one => exitCode(one) > 0) ? [BY_OUTCOME.failed] : []),
  ]);
  if (isStopped) codes.push(6);
  return GRAVITY.find(code => codes.includes(code)) ?? 0;
}
