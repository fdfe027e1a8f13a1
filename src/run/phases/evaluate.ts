import { compatVerdict, explainDifference } from '../verdict/compat.ts';
import type { RunResult } from '../verdict/result.ts';
import { judge, type VerdictFacts } from '../verdict/verdict.ts';
import type { Outcome } from './outcome.ts';
import type { Run } from './run-state.ts';

/** Judges the results of the phases, emits the verdict as the last event, and closes the journal. */
export async function conclude(run: Run, outcome: Outcome): Promise<RunResult> {
  const { loaded, options, observed } = run;
  const { timings, checks, evidence, blind } = observed;
  const { refused, interrupted, underFault } = outcome;
  const baseline = outcome.baseline?.checks ?? [];
  const injected = outcome.injection?.isInjected ?? false;
  const { receipts, residue } = outcome.reverted ?? { receipts: [], residue: 0 };
  if (injected) await run.phase('Evaluating');
  const facts = factsOf(run, outcome);
  const { selfHealed, restoredBy } = facts;
  const strict = judge(facts);
  const compatible = compatVerdict({
    baseline,
    dryRun: run.dryRun,
    ...(underFault && interrupted === undefined ? { underFault: underFault.checks } : {}),
  });
  const why = explainDifference(strict.verdict, compatible, {
    effectProven: observed.effect.state === 'proven',
    selfHealed,
    checks: baseline.length,
  });
  const aborted = refused !== undefined || interrupted !== undefined || (!injected && !run.dryRun);
  const phase = aborted ? 'Aborted' : 'Complete';
  const residueLine = residue > 0 ? [`${residue} not proven restored: run mayday revert --all`] : [];
  const { verdict } = strict;
  const reasons = [...strict.reasons, ...residueLine, ...blind.map(line => `blind: ${line}`)];
  const judged = { verdict, reasons, timings, selfHealed, restoredBy, compat: { verdict: compatible, why }, residue };
  await run.phase(phase);
  await run.emit({ event: 'verdict', ...judged });
  await run.deps.journal.end({ verdict, residue }).catch(() => undefined);
  return {
    run: options.run,
    experiment: loaded.experiment.metadata.name,
    type: loaded.experiment.spec.injection.type,
    phase,
    ...judged,
    baseline,
    checks,
    evidence,
    receipts,
    ...(outcome.recovered === undefined ? {} : { collateral: outcome.recovered.collateral }),
    blind,
    dryRun: run.dryRun,
    ...(refused ? { refusal: refused } : {}),
    ...(interrupted !== undefined ? { interrupted } : {}),
    ...(outcome.broken ? { broken: true } : {}),
  };
}

function factsOf({ dryRun, loaded, observed }: Run, outcome: Outcome): VerdictFacts {
  const { prepared, refused, interrupted, underFault, reverted, recovered } = outcome;
  const healedBy = recovered?.healedBy ?? underFault?.healedBy;
  return {
    expects: prepared?.expects ?? 'self-heal',
    baseline: outcome.baseline?.state ?? 'not-taken',
    injected: outcome.injection?.isInjected ?? false,
    effect: observed.effect.state,
    effectEvidence: observed.effect.evidence,
    ...(interrupted !== undefined ? { interrupted } : {}),
    ...(refused ? { refused: refused.message } : {}),
    dryRun,
    underFault: underFault ?? { settled: false, soakedMs: 0 },
    ...(recovered ? { afterRevert: recovered } : {}),
    selfHealed: healedBy !== undefined,
    notRestored: observed.notRestored,
    restoredBy: healedBy ?? (reverted?.isByUs ? 'mayday' : 'nobody'),
    recoveryTimeoutMs: loaded.experiment.spec.hypothesis.recoveryTimeoutMs,
    checks: [...observed.checks, ...observed.evidence],
    collateral: recovered?.collateral ?? [],
  };
}
