import { median } from './figures.ts';
import type { Change, Comparison, Report, Scenario, ScenarioVerdict } from './model.ts';

/** From best to worst. A run that could not be judged counts as worse than a failed one, since nothing is known of it. */
const RANK: Record<ScenarioVerdict, number> = { Resilient: 0, Degraded: 1, Failed: 2, Inconclusive: 3, Unfinished: 4 };

/** A recovery counts as slower when it takes half as long again and at least two seconds more: samples are a second apart. */
const SLOWER = { times: 1.5, ms: 2_000 };

type Side = NonNullable<Change['now']>;

/** Compares two reports, scenario by scenario; what became worse comes first. */
export function compare(before: Report, now: Report): Comparison {
  const [old, fresh] = [sides(before.scenarios), sides(now.scenarios)];
  const changes = [...new Set([...fresh.keys(), ...old.keys()])].map(name =>
    changeOf(name, old.get(name), fresh.get(name)),
  );
  const order: Change['change'][] = ['regressed', 'slower', 'not-run', 'new', 'improved', 'faster', 'same'];
  return {
    with: before.title,
    changes: changes.toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change)),
  };
}

/** Sums up the runs of each scenario: the worst verdict and the median recovery. Dry and interrupted runs are left out. */
function sides(scenarios: readonly Scenario[]): Map<string, Side> {
  const groups = Map.groupBy(
    scenarios.filter(({ dryRun, interrupted }) => !dryRun && interrupted === undefined),
    ({ title, name }) => title ?? name,
  );
  return new Map(
    [...groups].map(([name, runs]) => {
      const verdict = runs.map(run => run.verdict).reduce((a, b) => (RANK[b] > RANK[a] ? b : a));
      const recoveries = runs.flatMap(({ recoveryMs }) => recoveryMs ?? []);
      return [
        name,
        { verdict, runs: runs.length, ...(recoveries.length === 0 ? {} : { recoveryMs: median(recoveries) }) },
      ];
    }),
  );
}

function changeOf(name: string, before: Side | undefined, now: Side | undefined): Change {
  if (now === undefined) return { name, change: 'not-run', ...(before === undefined ? {} : { before }) };
  if (before === undefined) return { name, change: 'new', now };
  const worse = RANK[now.verdict] - RANK[before.verdict];
  if (worse !== 0) return { name, change: worse > 0 ? 'regressed' : 'improved', before, now };
  return { name, change: paceOf(before.recoveryMs, now.recoveryMs), before, now };
}

function paceOf(before: number | undefined, now: number | undefined): Change['change'] {
  if (before === undefined || now === undefined) return 'same';
  const isSlower = (a: number, b: number) => b > a * SLOWER.times && b - a > SLOWER.ms;
  if (isSlower(before, now)) return 'slower';
  return isSlower(now, before) ? 'faster' : 'same';
}
