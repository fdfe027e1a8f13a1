import { describe, expect, test } from 'vitest';
import type { CheckResult, CheckState, Verdict } from '../../../src/run/event.ts';
import { compatVerdict, explainDifference } from '../../../src/run/verdict/compat.ts';
import { exitCode, exitCodeOfAll } from '../../../src/run/verdict/result.ts';
import { judge, type VerdictFacts } from '../../../src/run/verdict/verdict.ts';

const check = (state: CheckState): CheckResult => ({
  name: 'Deployment shop/web Available',
  state,
  expected: 'Available=True',
  actual: 'Available=False',
});

const HEALED: VerdictFacts = {
  expects: 'self-heal',
  baseline: 'steady',
  injected: true,
  effect: 'proven',
  effectEvidence: ['the pod is gone'],
  dryRun: false,
  underFault: { settled: true, recoveryMs: 5_000, soakedMs: 10_000 },
  afterRevert: { settled: true, recoveryMs: 0 },
  selfHealed: true,
  notRestored: [],
  restoredBy: 'kube-controller-manager',
  recoveryTimeoutMs: 60_000,
  checks: [check('pass')],
  collateral: [],
};
const SURVIVED: VerdictFacts = {
  ...HEALED,
  expects: 'survive',
  selfHealed: false,
  underFault: { settled: true, recoveryMs: 0, soakedMs: 10_000 },
};
const NOT_HEALED = { underFault: { settled: false, soakedMs: 0 }, selfHealed: false };
const NEVER_BACK = { ...NOT_HEALED, afterRevert: { settled: false } };

const TABLE: [string, Verdict, Partial<VerdictFacts>, VerdictFacts?][] = [
  ['healed in time', 'Resilient', {}],
  [
    'healed in time, at the limit exactly',
    'Resilient',
    { underFault: { settled: true, recoveryMs: 60_000, soakedMs: 10_000 } },
  ],
  ['healed by itself but late', 'Degraded', { underFault: { settled: true, recoveryMs: 60_001, soakedMs: 10_000 } }],
  [
    'healed late, after the recovery time',
    'Degraded',
    { ...NOT_HEALED, selfHealed: true, afterRevert: { settled: true, recoveryMs: 4_000 } },
  ],
  ['healed only by our revert', 'Degraded', { ...NOT_HEALED, afterRevert: { settled: true, recoveryMs: 4_000 } }],
  [
    'undone, but not to the original',
    'Degraded',
    { ...NOT_HEALED, notRestored: ['replicas 1, was 3'], afterRevert: { settled: true, recoveryMs: 0 } },
  ],
  ['never back', 'Failed', { ...NEVER_BACK, checks: [check('fail')] }],
  ['never back, and nobody can see', 'Inconclusive', { ...NEVER_BACK, checks: [check('blind')] }],
  ['never back, half of it unseen', 'Failed', { ...NEVER_BACK, checks: [check('fail'), check('blind')] }],
  ['healed, then lost again', 'Failed', { afterRevert: { settled: false }, checks: [check('fail')] }],
  ['healed, but a neighbour was harmed', 'Degraded', { collateral: ['Deployment shop/other'] }],
  ['survived', 'Resilient', {}, SURVIVED],
  [
    'wavered and caught itself under the fault',
    'Resilient',
    { underFault: { settled: true, recoveryMs: 9_000, soakedMs: 10_000 } },
    SURVIVED,
  ],
  ['survived late', 'Degraded', { underFault: { settled: true, recoveryMs: 61_000, soakedMs: 10_000 } }, SURVIVED],
  ['down under the fault, back after it', 'Degraded', NOT_HEALED, SURVIVED],
  ['down under the fault and after it', 'Failed', { ...NEVER_BACK, checks: [check('fail')] }, SURVIVED],
  ['effect never proven', 'Inconclusive', { effect: 'pending' }],
  ['no effect', 'Inconclusive', { effect: 'absent' }, SURVIVED],
  ['interrupted', 'Inconclusive', { interrupted: 'stopped by the user' }],
  ['baseline not steady', 'Inconclusive', { baseline: 'not-steady', injected: false, checks: [check('fail')] }],
  ['baseline blind', 'Inconclusive', { baseline: 'blind', injected: false, checks: [check('blind')] }],
  ['no checks at all', 'Inconclusive', { baseline: 'none', injected: false, checks: [] }],
  ['refused', 'Inconclusive', { refused: 'latched', injected: false }],
  ['dry run', 'Inconclusive', { dryRun: true, injected: false }],
  ['nothing injected', 'Inconclusive', { injected: false }],
];

describe('the strict verdict', () => {
  test('an effect that is not proven comes with what was seen instead', () => {
    const effectEvidence = ['nobody listens', 'it took 0.01 s, expected at least 2 s'];
    expect(judge({ ...SURVIVED, effect: 'pending', effectEvidence }).reasons).toEqual([
      'the effect of the fault was never proven',
      'seen: nobody listens',
      'seen: it took 0.01 s, expected at least 2 s',
    ]);
  });

  test.each(TABLE)('%s: %s', (_, verdict, facts, base = HEALED) => {
    const judged = judge({ ...base, ...facts });
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons.length).toBeGreaterThan(0);
  });

  // Every combination of what can be true at once.
  const every = (['self-heal', 'survive'] as const).flatMap(expects =>
    (['proven', 'pending', 'absent'] as const).flatMap(effect =>
      [true, false].flatMap(settled =>
        [true, false].flatMap(back =>
          (['pass', 'fail', 'blind'] as const).flatMap(state =>
            [undefined, 'stopped'].map(interrupted => ({
              ...HEALED,
              expects,
              effect,
              underFault: { settled, soakedMs: 0 },
              afterRevert: { settled: back },
              checks: [check(state)],
              ...(interrupted ? { interrupted } : {}),
            })),
          ),
        ),
      ),
    ),
  );

  test('is never Resilient without a proven effect, a known end and an undisturbed run', () => {
    expect(every.length).toBe(144);
    for (const facts of every) {
      const { verdict } = judge(facts);
      const sound =
        facts.effect === 'proven' && !('interrupted' in facts) && facts.underFault.settled && facts.afterRevert.settled;
      if (verdict === 'Resilient') expect(sound, JSON.stringify(facts)).toBe(true);
    }
  });

  test('is never Failed without a check that was seen to fail, or none that was blind', () => {
    for (const facts of every) {
      const { verdict } = judge(facts);
      if (verdict === 'Failed') expect(facts.checks[0]?.state).not.toBe('blind');
    }
  });

  test('names the failing check with expected and actual', () => {
    const { reasons } = judge({ ...HEALED, ...NEVER_BACK, checks: [check('fail')] });
    expect(reasons).toContain('failing: Deployment shop/web Available: expected Available=True, found Available=False');
  });
});

describe("the framework's verdict", () => {
  test('looks once with the fault on; an error is a failure, no check passes', () => {
    const baseline = [check('pass')];
    expect(compatVerdict({ baseline, underFault: [check('pass')], dryRun: false })).toBe('Resilient');
    expect(compatVerdict({ baseline, underFault: [check('fail')], dryRun: false })).toBe('Failed');
    expect(compatVerdict({ baseline, underFault: [check('blind')], dryRun: false })).toBe('Failed');
    expect(compatVerdict({ baseline: [], underFault: [], dryRun: false })).toBe('Resilient');
    expect(compatVerdict({ baseline: [check('fail')], dryRun: false })).toBe('Inconclusive');
    expect(compatVerdict({ baseline, underFault: [check('pass')], dryRun: true })).toBe('Inconclusive');
  });

  test('every difference from ours has a reason of its own kind', () => {
    const verdicts: Verdict[] = ['Resilient', 'Degraded', 'Failed', 'Inconclusive'];
    for (const strict of verdicts) {
      for (const compat of ['Resilient', 'Failed', 'Inconclusive'] as const) {
        const why = explainDifference(strict, compat, { effectProven: true, selfHealed: false, checks: 1 });
        expect(why === 'the framework would say the same').toBe(strict === compat);
      }
    }
    expect(
      explainDifference('Inconclusive', 'Resilient', { effectProven: false, selfHealed: false, checks: 1 }),
    ).toContain('took effect');
    expect(
      explainDifference('Inconclusive', 'Resilient', { effectProven: false, selfHealed: false, checks: 0 }),
    ).toContain('without checks');
  });
});

describe('the exit code', () => {
  const clean = { residue: 0, dryRun: false, verdict: 'Resilient' } as const;
  test.each([
    [0, clean],
    [3, { ...clean, verdict: 'Degraded' as const }],
    [4, { ...clean, verdict: 'Failed' as const }],
    [5, { ...clean, verdict: 'Inconclusive' as const }],
    [6, { ...clean, verdict: 'Inconclusive' as const, interrupted: 'stopped' }],
    [7, { ...clean, residue: 1 }],
    [7, { ...clean, residue: 1, interrupted: 'stopped' }],
    [8, { ...clean, verdict: 'Inconclusive' as const, refusal: { code: 'unreachable', message: '' } }],
    [5, { ...clean, verdict: 'Inconclusive' as const, refusal: { code: 'no-match', message: '' } }],
    [0, { ...clean, verdict: 'Inconclusive' as const, dryRun: true }],
  ])('is %i', (code, result) => {
    expect(exitCode(result)).toBe(code);
  });

  test('of several runs is the most severe', () => {
    expect(exitCodeOfAll([])).toBe(0);
    expect(exitCodeOfAll([clean, { ...clean, verdict: 'Degraded' }, { ...clean, verdict: 'Failed' }])).toBe(4);
    expect(
      exitCodeOfAll([
        { ...clean, verdict: 'Failed' },
        { ...clean, residue: 2 },
      ]),
    ).toBe(7);
  });
});
