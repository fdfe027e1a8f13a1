import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckResult, RunEvent } from '../../src/run/event.ts';
import { eventJson, eventLine } from '../../src/run/line.ts';
import type { RunResult } from '../../src/run/verdict/result.ts';
import { countsLine, summaryLines } from '../../src/run/verdict/summary.ts';

const at = Date.UTC(2026, 10, 21, 14, 2, 31);
const options = { experiment: 'kserve-main-controller-kill', recoveryTimeoutMs: 120_000, utc: true };
const check = (state: CheckResult['state']): CheckResult => ({
  name: 'Deployment kserve/manager Available',
  state,
  expected: 'Available=True',
  actual: 'Available=True',
});
const of = (event: Record<string, unknown>): RunEvent => ({ at, run: 'r1', ...event }) as unknown as RunEvent;
const line = (event: Record<string, unknown>) => eventLine(of(event), options);

const verdict = {
  event: 'verdict',
  verdict: 'Resilient',
  reasons: ['healed by itself: steady after 19.4s (limit 2m), by kube-controller-manager'],
  timings: { injectedAt: at, recoveryMs: 19_400 },
  selfHealed: true,
  restoredBy: 'kube-controller-manager',
  compat: { verdict: 'Resilient', why: 'the framework would say the same' },
  residue: 0,
};

describe('the line of an event', () => {
  test('has its time, its column and its words', () => {
    expect(line({ event: 'phase', phase: 'Pending', experiment: options.experiment })).toBe(
      '14:02:31  kserve-main-controller-kill  run r1',
    );
    expect(line({ event: 'effect', state: 'proven', evidence: ['pod a is gone'], afterMs: 900 })).toBe(
      '14:02:31    effect      proven in 0.9s: pod a is gone',
    );
    expect(line({ event: 'check', check: check('pass'), from: 'fail', afterMs: 19_400 })).toBe(
      '14:02:31    Available   False → True after 19.4s   Available=True   limit 2m',
    );
    expect(line(verdict)).toBe(`14:02:31    RESILIENT   ${verdict.reasons[0]}`);
  });

  test('says what the framework would say where it differs', () => {
    expect(line({ ...verdict, compat: { verdict: 'Failed', why: 'it looks once' } })).toContain(
      'framework: Failed (it looks once)',
    );
  });

  test('says how it recovered', () => {
    const recovered = (more: object) =>
      line({ event: 'recovered', afterMs: 19_400, by: 'nobody', selfHealed: false, ...more });
    expect(recovered({ selfHealed: true, by: 'argocd' })).toContain('after 19.4s, by itself (argocd)');
    expect(recovered({ by: 'mayday' })).toContain('once mayday had reverted the fault');
    expect(recovered({ afterMs: 0 })).toContain('never lost under the fault');
  });

  test('says nothing to revert, and what remains', () => {
    expect(line({ event: 'reverted', receipts: [], remaining: 0 })).toContain('nothing to revert');
    const receipt = { object: { kind: 'ConfigMap', name: 'x' }, outcome: 'failed', verified: false };
    expect(line({ event: 'reverted', receipts: [receipt], remaining: 1 })).toContain(
      'ConfigMap x failed NOT verified   1 remain',
    );
  });

  test('is one clean line whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(line({ event: 'note', text })).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(
          line({ event: 'check', check: { ...check('fail'), name: text, actual: text }, from: 'pass', afterMs: 0 }),
        ).not.toMatch(/[\p{Cc}]/u);
      }),
    );
  });
});

describe('the JSON line of an event', () => {
  test('has the stable head and moments as text', () => {
    expect(eventJson(of(verdict))).toEqual({
      ...verdict,
      at: '2026-11-21T14:02:31.000Z',
      run: 'r1',
      timings: { injectedAt: '2026-11-21T14:02:31.000Z', recoveryMs: 19_400 },
    });
    expect(eventJson(of({ event: 'injected', writes: ['w'], pods: [], recoveryDeadline: at }))).toEqual({
      at: '2026-11-21T14:02:31.000Z',
      run: 'r1',
      event: 'injected',
      writes: ['w'],
      pods: [],
      recoveryDeadline: '2026-11-21T14:02:31.000Z',
    });
  });
});

test('several runs are a table with the counts below', () => {
  const result = (experiment: string, more: Partial<RunResult>): RunResult =>
    ({
      experiment,
      type: 'PodKill',
      verdict: 'Resilient',
      timings: { recoveryMs: 19_400 },
      restoredBy: 'x',
      residue: 0,
      compat: verdict.compat,
      ...more,
    }) as RunResult;
  const results = [result('a', {}), result('longer-name', { verdict: 'Degraded', timings: {}, residue: 1 })];
  const lines = summaryLines(results);
  expect(lines[0]).toMatch(/^EXPERIMENT {3}TYPE/);
  expect(lines[2]).toMatch(/^longer-name {2}PodKill {2}Degraded {3}- .* 1 REMAIN/);
  expect(lines.at(-1)).toBe('2 runs: 1 Resilient, 1 Degraded, 1 remain');
  expect(countsLine([])).toBe('0 runs: 0 remain');
});
