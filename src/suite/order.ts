import { resolveNamespace } from '../experiment/scope.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { isClusterScoped } from '../faults/recognition.ts';

/** One run of a suite: an experiment, and its round. */
export interface SuiteEntry {
  /** Unique in the suite: the experiment's name, `name~2` for another file with that name, `name#2` in round 2. */
  key: string;
  loaded: LoadedExperiment;
  /** Counts from 1. */
  round: number;
  reach: Reach;
}

/** What a run may affect. Entries that share any of it never run in parallel, since each would see the effects of the other. */
export interface Reach {
  /** The operator, which is the key of the lock: one experiment at a time for each. */
  operator: string;
  /** The namespaces that it writes to and watches for harm. */
  namespaces: readonly string[];
  /** Whether it writes outside of namespaces; then it runs alone. */
  everywhere: boolean;
}

/** The tier for sorting. Without a tier the danger is not known, so such experiments come last. */
const rank = ({ experiment }: LoadedExperiment): number => experiment.spec.tier || Number.MAX_SAFE_INTEGER;

/** All runs of a suite in their order: by tier within each round, then by path. */
export function suiteEntries(all: readonly LoadedExperiment[], rounds = 1): SuiteEntry[] {
  const ordered = all.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const names = new Map<string, number>();
  const named = ordered.map(loaded => {
    const { name } = loaded.experiment.metadata;
    const nth = (names.get(name) ?? 0) + 1;
    names.set(name, nth);
    return { loaded, name: nth === 1 ? name : `${name}~${nth}`, reach: reachOf(loaded) };
  });
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap(round =>
    named.map(({ loaded, name, reach }) => ({ key: round === 1 ? name : `${name}#${round}`, loaded, round, reach })),
  );
}

/** What a run of this experiment may affect. */
export function reachOf(loaded: LoadedExperiment): Reach {
  const { experiment } = loaded;
  const { namespace } = resolveNamespace(experiment);
  const { blastRadius, steadyState, target } = experiment.spec;
  return {
    operator: target.operator,
    namespaces: [
      ...new Set([
        namespace,
        ...blastRadius.allowedNamespaces,
        ...steadyState.checks.map(check => check.namespace || namespace),
      ]),
    ],
    everywhere: isClusterScoped(experiment.spec.injection.type, experiment.spec.injection.parameters),
  };
}

/** Whether two runs may affect each other. */
export const shareReach = (a: Reach, b: Reach): boolean =>
  a.everywhere ||
  b.everywhere ||
  a.operator === b.operator ||
  a.namespaces.some(namespace => b.namespaces.includes(namespace));

/**
 * The first entry that may start in parallel with the running ones. An entry that must wait is not overtaken by a later one that shares its reach, so that
 * the tiers of an operator keep their order and every entry gets its turn.
 */
export function nextToStart(
  waiting: readonly SuiteEntry[],
  running: readonly SuiteEntry[],
  parallel: number,
): SuiteEntry | undefined {
  if (running.length >= parallel) return undefined;
  const ahead: Reach[] = running.map(({ reach }) => reach);
  for (const entry of waiting) {
    if (!ahead.some(reach => shareReach(reach, entry.reach))) return entry;
    ahead.push(entry.reach);
  }
  return undefined;
}
