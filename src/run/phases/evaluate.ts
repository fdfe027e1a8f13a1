import { compatVerdict, explainDifference } from '../verdict/compat.ts';
import type { RunResult } from '../verdict/result.ts';
import { judge, type VerdictFacts } from '../verdict/verdict.ts';
import type { Run } from './run-state.ts';

/** Judges the story, says so as the last event, closes the journal. */
export async function conclude(run: Run): Promise<RunResult> {
  const { story, loaded, options } = run;
  const { experiment } = loaded;
  if (story.injected) await run.phase('Evaluating');
  const strict = judge(factsOf(run));
  const compat = compatVerdict({
    baseline: story.baselineChecks,
    dryRun: story.dryRun,
    ...(story.checksUnderFault && !story.interrupted ? { underFault: story.checksUnderFault } : {}),
  });
  const why = explainDifference(strict.verdict, compat, {
    effectProven: story.effect.state === 'proven',
    selfHealed: story.selfHealed,
    checks: story.baselineChecks.length,
  });
  const aborted = story.refusal !== undefined || story.interrupted !== undefined || (!story.injected && !story.dryRun);
  const phase = aborted ? 'Aborted' : 'Complete';
  const residueLine = story.residue > 0 ? [`${story.residue} not proven restored: run mayday revert --all`] : [];
  const reasons = [...strict.reasons, ...residueLine, ...story.blind.map(line => `blind: ${line}`)];
  await run.phase(phase);
  await run.emit({
    event: 'verdict',
    verdict: strict.verdict,
    reasons,
    timings: story.timings,
    selfHealed: story.selfHealed,
    restoredBy: story.restoredBy,
    compat: { verdict: compat, why },
    residue: story.residue,
  });
  await run.deps.journal.end({ verdict: strict.verdict, residue: story.residue }).catch(() => undefined);
  return {
    run: options.run,
    experiment: experiment.metadata.name,
    type: experiment.spec.injection.type,
    phase,
    verdict: strict.verdict,
    reasons,
    timings: story.timings,
    selfHealed: story.selfHealed,
    restoredBy: story.restoredBy,
    compat: { verdict: compat, why },
    baseline: story.baselineChecks,
    checks: story.checks,
    evidence: story.evidence,
    receipts: story.receipts,
    residue: story.residue,
    blind: story.blind,
    dryRun: story.dryRun,
    ...(story.refusal ? { refusal: story.refusal } : {}),
    ...(story.interrupted !== undefined ? { interrupted: story.interrupted } : {}),
    ...(story.broken ? { broken: true } : {}),
  };
}

function factsOf({ story, loaded }: Run): VerdictFacts {
  const { hypothesis } = loaded.experiment.spec;
  return {
    expects: story.expects ?? 'self-heal',
    baseline: story.baseline,
    injected: story.injected,
    effect: story.effect.state,
    effectEvidence: story.effect.evidence,
    ...(story.interrupted !== undefined ? { interrupted: story.interrupted } : {}),
    ...(story.refusal ? { refused: story.refusal.message } : {}),
    dryRun: story.dryRun,
    underFault: story.underFault ?? { settled: false, soakedMs: 0 },
    ...(story.afterRevert ? { afterRevert: story.afterRevert } : {}),
    selfHealed: story.selfHealed,
    notBack: story.notBack,
    restoredBy: story.restoredBy,
    recoveryTimeoutMs: hypothesis.recoveryTimeoutMs,
    checks: [...story.checks, ...story.evidence],
    collateral: story.collateral,
  };
}
