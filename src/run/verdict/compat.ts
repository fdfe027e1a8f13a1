import type { CheckResult, Verdict } from '../event.ts';

/** What the framework's own evaluator would have known. */
export interface CompatFacts {
  /** The experiment's own checks before the injection; it stops when one does not pass. */
  baseline: CheckResult[];
  /**
   * The checks while the fault was still in, which is when the framework's command line evaluates; undefined if it
   * never got that far.
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
  if (compat === 'Inconclusive') return 'the framework would not have come to a post-check';
  if (compat === 'Failed') {
    return strict === 'Inconclusive'
      ? 'the framework counts a check it could not read, or one cut short, as failed'
      : 'the framework looks once while the fault is still on, and not again after reverting it';
  }
  if (facts.checks === 0) return 'the framework passes an experiment without checks';
  if (!facts.effectProven) return 'the framework does not ask whether the fault took effect';
  if (strict === 'Failed')
    return 'the framework looks once while the fault is still on; the steady state was lost later or in what it does not look at';
  if (strict === 'Inconclusive') return 'the framework judges a run that was cut short or could not be read';
  return facts.selfHealed
    ? 'the framework looks once, after the whole recovery time, and does not see when or how it recovered'
    : 'the framework looks only at its checks, not at whether anybody undid the fault';
}
