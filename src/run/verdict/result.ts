import type { FaultType } from '../../faults/types.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { CheckResult, Conclusion, Verdict } from '../event.ts';

/** The result of a finished run. */
export interface RunResult extends Conclusion {
  run: string;
  experiment: string;
  type: FaultType;
  phase: 'Complete' | 'Aborted';
  baseline: CheckResult[];
  /** The last sample: the experiment's checks, then the stricter evidence. */
  checks: CheckResult[];
  evidence: CheckResult[];
  receipts: Receipt[];
  /** Objects outside the target that left their baseline during the run; missing if they were not read, and in old records. */
  collateral?: string[];
  /** Lines about what could not be read. */
  blind: string[];
  dryRun: boolean;
  /** Set if nothing was injected because of a refusal. */
  refusal?: { code: string; message: string };
  interrupted?: string;
  /** An internal error ended the run. */
  broken?: boolean;
}

/** The exit code of a verdict alone. */
export const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = {
  Resilient: 0,
  Degraded: 3,
  Failed: 4,
  Inconclusive: 5,
};

/** Refusals because the cluster did not answer or does not permit it. */
const UNREACHED = new Set(['unreachable', 'forbidden', 'unauthorized', 'not-permitted', 'server-error']);

/** The exit code of one run, by precedence: residue, an internal error, an interruption, a refusal, a dry run, the verdict. */
export function exitCode(
  result: Pick<RunResult, 'residue' | 'interrupted' | 'broken' | 'refusal' | 'dryRun' | 'verdict'>,
): number {
  if (result.residue > 0) return 7;
  if (result.broken) return 1;
  if (result.interrupted !== undefined) return 6;
  if (result.refusal) return UNREACHED.has(result.refusal.code) ? 8 : 5;
  if (result.dryRun) return 0;
  return EXIT_OF_VERDICT[result.verdict];
}

const MOST_SEVERE_FIRST = [7, 1, 8, 6, 4, 5, 3, 0];

/** The exit code of several runs: the most severe one. */
export function exitCodeOfAll(results: readonly Parameters<typeof exitCode>[0][]): number {
  return mostSevere(results.map(exitCode));
}

/** The most severe of several exit codes of runs. */
export const mostSevere = (codes: readonly number[]): number =>
  MOST_SEVERE_FIRST.find(code => codes.includes(code)) ?? 0;
