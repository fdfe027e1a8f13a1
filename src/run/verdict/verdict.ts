import type { Expectation } from '../../faults/rules/rules.ts';
import { measured } from '../../text/duration.ts';
import type { CheckResult, Verdict } from '../event.ts';

/** All facts of a verdict; nothing else may influence it. Durations in milliseconds. */
export interface VerdictFacts {
  expects: Expectation;
  /** `none`: the experiment has no steady-state checks, so nothing is known about the system. */
  baseline: 'steady' | 'not-steady' | 'blind' | 'none' | 'not-taken';
  injected: boolean;
  effect: 'proven' | 'pending' | 'absent';
  /** The last observed state of the effect; says why it is not proven. */
  effectEvidence: readonly string[];
  /** Why the run was interrupted; undefined if it was not. */
  interrupted?: string;
  /** Why a gate or the planner refused the injection. */
  refused?: string;
  dryRun: boolean;
  /** Under the fault, before we reverted it. */
  underFault: {
    /** Steady for the whole soak time, the fault's effect proven (self-heal: and the fault's change gone). */
    settled: boolean;
    /** From the injection to the start of that steady period. */
    recoveryMs?: number;
    /** How long it then stayed steady. */
    soakedMs: number;
  };
  /** After our revert; undefined if the run did not get that far. */
  afterRevert?: { settled: boolean; recoveryMs?: number };
  /** Whether somebody else, not our revert, undid the fault. */
  selfHealed: boolean;
  /**
   * Lines about objects that do not hold the original although somebody else undid the fault; empty if they hold it, or
   * if the fault is still in.
   */
  notRestored: readonly string[];
  restoredBy: string;
  recoveryTimeoutMs: number;
  /** The checks in the last sample. */
  checks: CheckResult[];
  /** Objects outside the target that left their baseline during the run. */
  collateral: string[];
}

export interface Judgement {
  verdict: Verdict;
  /** At least one line each; the deciding one first. */
  reasons: string[];
}

const lines = (checks: CheckResult[], state: CheckResult['state']): string[] =>
  checks
    .filter(check => check.state === state)
    .map(
      check =>
        `${state === 'blind' ? 'blind' : 'failing'}: ${check.name}: expected ${check.expected}, found ${check.actual}`,
    );

/** Why the run is inconclusive; undefined if it is not. */
function inconclusive(facts: VerdictFacts): string[] | undefined {
  if (facts.refused !== undefined) return [`refused, nothing was injected: ${facts.refused}`];
  if (facts.dryRun) return ['dry run: nothing was injected'];
  if (facts.baseline === 'none')
    return ['the experiment has no steady-state check, so recovery cannot be told from its absence'];
  if (facts.baseline === 'not-steady') {
    return [
      'the baseline was not steady, nothing was injected',
      ...lines(facts.checks, 'fail'),
      ...lines(facts.checks, 'blind'),
    ];
  }
  if (facts.baseline === 'blind')
    return ['the baseline could not be read, nothing was injected', ...lines(facts.checks, 'blind')];
  if (facts.interrupted !== undefined) {
    return [facts.interrupted.startsWith('interrupted') ? facts.interrupted : `interrupted: ${facts.interrupted}`];
  }
  if (!facts.injected) return ['nothing was injected'];
  if (facts.effect !== 'proven') {
    return [
      facts.effect === 'pending'
        ? 'the effect of the fault was never proven'
        : 'the fault had no effect that could be seen',
      ...facts.effectEvidence.map(line => `seen: ${line}`),
    ];
  }
  return undefined;
}

/** How the system recovered, and whether that was the expected way. */
function recovery(facts: VerdictFacts): Judgement {
  const { underFault, afterRevert } = facts;
  const limit = measured(facts.recoveryTimeoutMs);
  const within = (ms: number | undefined) => (ms ?? 0) <= facts.recoveryTimeoutMs;
  const took = (ms: number | undefined) => (ms ? `steady after ${measured(ms)}` : 'steady at once');
  const held = underFault.recoveryMs ? took(underFault.recoveryMs) : 'it never left steady';

  if (facts.expects === 'survive') {
    if (underFault.settled && within(underFault.recoveryMs)) {
      return {
        verdict: 'Resilient',
        reasons: [
          `survived the fault: ${held}, and steady for ${measured(underFault.soakedMs)} with the effect proven`,
          ...(afterRevert ? [`after the revert: ${took(afterRevert.recoveryMs)} (limit ${limit})`] : []),
        ],
      };
    }
    if (underFault.settled) {
      return {
        verdict: 'Degraded',
        reasons: [`survived, but late: ${took(underFault.recoveryMs)}, expected within ${limit}`],
      };
    }
    return {
      verdict: 'Degraded',
      reasons: [
        `did not stay steady under the fault; ${took(afterRevert?.recoveryMs)} once it was reverted (limit ${limit})`,
      ],
    };
  }
  if (underFault.settled) {
    return within(underFault.recoveryMs)
      ? {
          verdict: 'Resilient',
          reasons: [`healed by itself: ${took(underFault.recoveryMs)} (limit ${limit}), by ${facts.restoredBy}`],
        }
      : {
          verdict: 'Degraded',
          reasons: [`healed by itself, but late: ${took(underFault.recoveryMs)}, expected within ${limit}`],
        };
  }
  if (facts.notRestored.length > 0) return { verdict: 'Degraded', reasons: [undoneWrongly(facts)] };
  return {
    verdict: 'Degraded',
    reasons: [
      facts.selfHealed
        ? `recovered late: not steady within ${limit} of the injection; ${took(afterRevert?.recoveryMs)} after that`
        : `nobody healed it: it took our revert, then ${took(afterRevert?.recoveryMs)} (limit ${limit})`,
    ],
  };
}

const undoneWrongly = ({ notRestored }: VerdictFacts): string =>
  `somebody undid the fault, but not to what was there before: ${notRestored.join('; ')}`;

/**
 * The strict verdict. A pure function; its truth table is in its test.
 * `Failed` needs a check that is known to fail; a check that could not be read makes the run Inconclusive.
 */
export function judge(facts: VerdictFacts): Judgement {
  const unknown = inconclusive(facts);
  if (unknown) return { verdict: 'Inconclusive', reasons: unknown };

  const last = facts.afterRevert ?? facts.underFault;
  if (!last.settled) {
    const failing = lines(facts.checks, 'fail');
    const blind = lines(facts.checks, 'blind');
    if (failing.length === 0 && blind.length > 0) {
      return { verdict: 'Inconclusive', reasons: ['the steady state could not be read at the end', ...blind] };
    }
    return {
      verdict: 'Failed',
      reasons: [
        `steady state was not back within ${measured(facts.recoveryTimeoutMs)} after the fault was gone`,
        ...failing,
        ...blind,
      ],
    };
  }

  const how = recovery(facts);
  if (facts.collateral.length === 0) return how;
  return {
    verdict: 'Degraded',
    reasons: [...how.reasons, ...facts.collateral.map(object => `collateral outside the blast radius: ${object}`)],
  };
}
