import type { Figure, Scenario } from './model.ts';

/** The median: the value in the middle, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

const after = (id: string) => (scenario: Scenario) => scenario.moments.find(moment => moment.id === id)?.afterMs;

/** The kinds of measured times. Recoveries by themselves and recoveries after a revert are kept apart, since they measure different things. */
const KINDS: readonly [name: string, value: (scenario: Scenario) => number | undefined][] = [
  ['effect proven', after('E')],
  ['first symptom (T1)', after('T1')],
  ['detected by monitoring or the cluster (T2)', after('T2')],
  ['seen by a person (T3)', after('T3')],
  ['first human action (T4)', after('T4')],
  ['healed by itself', one => (one.selfHealed ? one.recoveryMs : undefined)],
  ['steady again after our revert', one => (isOurs(one) && !hasSurvived(one) ? one.recoveryMs : undefined)],
  ['injected to steady (T7)', after('T7')],
];

const isOurs = ({ selfHealed, restoredBy }: Scenario) => selfHealed !== true && restoredBy === 'mayday';
/** Whether it stayed steady under the fault, so that there is no recovery to measure. */
const hasSurvived = ({ verdict, recoveryMs }: Scenario) => verdict === 'Resilient' && recoveryMs === 0;

/** The measured times of all scenarios: median and range for each kind. Kinds without a measurement are left out. */
export function figuresOf(scenarios: readonly Scenario[]): Figure[] {
  return KINDS.flatMap(([name, value]) => {
    const values = scenarios.flatMap(scenario => value(scenario) ?? []);
    if (values.length === 0) return [];
    return [
      {
        name,
        count: values.length,
        medianMs: median(values),
        minMs: Math.min(...values),
        maxMs: Math.max(...values),
      },
    ];
  });
}
