import type { CheckResult, Verdict } from '../event.ts';

/** The facts that the framework's own evaluator would have. */
export interface CompatFacts {
  /** The experiment's own checks before the injection; it stops when one does not pass. */
  baseline: CheckResult[];
  /**
   * The checks while the fault was still in, when the framework's command line evaluates; undefined if the run ended
   * before.
   */
  underFault?: CheckResult[];
  dryRun: boolean;
}

/**
 * The framework's verdict for the same run: it evaluates the checks once, with the fault still in; an error counts as a
 * failed check, and no checks count as passed. Its reconciliation model needs knowledge files, which we do not have,
 * and without them it counts everything as reconciled.
 */
export function compatVerdict(facts: CompatFacts): Verdict {
  if (facts.dryRun || facts.baseline.some(check => check.state !== 'pass') || facts.underFault === undefined)
    return 'Inconclusive';
  return facts.underFault.every(check => check.state === 'pass') ? 'Resilient' : 'Failed';
}

/** One line that says why the strict verdict differs from the framework's, or that it does not. */
export function explainDifference(
  strict: Verdict,
  compat: Verdict,
  facts: { effectProven: boolean; selfHealed: boolean; checks: number },
): string {
  if (strict === compat) return 'the framework would say the same';
  if (compat === 'Inconclusive') return 'the framework would have ended before its checks under the fault';
  if (compat === 'Failed') {
    return strict === 'Inconclusive'
      ? 'the framework counts a check that it could not read, or that was interrupted, as failed'
      : 'the framework checks once while the fault is still in, and not again after reverting it';
  }
  if (facts.checks === 0) return 'the framework passes an experiment without checks';
  if (!facts.effectProven) return 'the framework does not ask whether the fault took effect';
  if (strict === 'Failed')
    return 'the framework checks once while the fault is still in; the steady state was lost later, or in something that it does not check';
  if (strict === 'Inconclusive') return 'the framework also judges a run that was interrupted or could not be read';
  return facts.selfHealed
    ? 'the framework checks once, after the whole recovery time, and does not see when or how the system recovered'
    : 'the framework judges by its checks alone, not by whether anybody undid the fault';
}
