import type { GateId } from '../gates.ts';
import { indexFindings, type Owners } from './cause-index.ts';
import { explainsOnSameObject, isChaos } from './chaos-causes.ts';
import type { Finding } from './finding.ts';
import { byImportance, worse } from './order.ts';
import { stronglyConnectedComponents } from './strong-components.ts';

/** A finding and the gate whose rule found it. */
export interface GatedFinding {
  finding: Finding;
  gate: GateId;
}

/** A finding that follows from another; `by` is what explains it directly. */
export interface Follower extends GatedFinding {
  by: Finding;
}

/** A finding that no other one explains, with what follows from it, nearest first. */
export interface Root extends GatedFinding {
  follows: Follower[];
}

/**
 * Divides findings into roots and what follows from them, by the `because` and `explains` of each finding. Every
 * finding appears once: as a root, or under the root that explains it in the fewest steps. The roots appear in the
 * order in which to look at them, over all gates. When findings explain each other in a cycle, the one to look at
 * first is the root.
 */
export function chain(placed: readonly GatedFinding[], owners?: Owners): Root[] {
  const gateOf = new Map(placed.map(({ finding, gate }) => [finding, gate]));
  // The result must not depend on the order in which rules returned their findings.
  const findings = [...gateOf.keys()].sort((a, b) =>
    byImportance({ finding: a, follows: 0 }, { finding: b, follows: 0 }),
  );
  const effects = effectsOf(findings, owners);
  const rank = new Map(findings.map((finding, index) => [finding, index]));
  const roots = rootsOf(findings, effects, rank);
  const folded = fold(roots, effects, rank);
  const place = (finding: Finding): GatedFinding => ({ finding, gate: gateOf.get(finding) as GateId });
  return roots
    .map(root => {
      const follows = (folded.get(root) ?? []).map(({ finding, by }) => ({ ...place(finding), by }));
      return { ...place(root), finding: raised(root, follows), follows };
    })
    .sort((a, b) =>
      byImportance(
        { finding: a.finding, follows: a.follows.length },
        { finding: b.finding, follows: b.follows.length },
      ),
    );
}

type Effects = ReadonlyMap<Finding, ReadonlySet<Finding>>;

/** Maps each finding to those that it explains directly. */
function effectsOf(findings: readonly Finding[], owners: Owners | undefined): Effects {
  const index = indexFindings(findings, owners);
  const effects = new Map(findings.map(finding => [finding, new Set<Finding>()]));
  for (const finding of findings) {
    // Injections are facts, not symptoms: nothing explains them.
    if (isChaos(finding)) continue;
    const { kind, namespace, name } = finding.object;
    const here = { kind, ...(namespace === undefined ? {} : { namespace }), name, rule: 'chaos/' };
    const injections = index.explaining(finding, here).filter(injection => explainsOnSameObject(injection, finding));
    for (const cause of [...injections, ...finding.because.flatMap(each => index.explaining(finding, each))])
      effects.get(cause)?.add(finding);
    for (const effect of (finding.explains ?? []).flatMap(each => index.explaining(finding, each)))
      if (!isChaos(effect)) effects.get(finding)?.add(effect);
  }
  return effects;
}

/** The smallest set of findings from which all others follow: the most important one of every cycle (or single finding) that nothing outside it explains. */
function rootsOf(findings: readonly Finding[], effects: Effects, rank: Rank): Finding[] {
  const parts = stronglyConnectedComponents(findings, finding => effects.get(finding) ?? []);
  const partOf = new Map(parts.flatMap(part => part.map(finding => [finding, part])));
  const explained = new Set<readonly Finding[] | undefined>();
  for (const [cause, them] of effects)
    for (const effect of them) if (partOf.get(effect) !== partOf.get(cause)) explained.add(partOf.get(effect));
  return parts.filter(part => !explained.has(part)).flatMap(part => inOrder(part, rank).slice(0, 1));
}

type Rank = ReadonlyMap<Finding, number>;

const inOrder = (list: Iterable<Finding>, rank: Rank): Finding[] =>
  [...list].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));

/**
 * Breadth-first search from all roots at once: each finding is assigned to the nearest root, and among equally near ones to the
 * more important.
 */
function fold(
  roots: readonly Finding[],
  effects: Effects,
  rank: Rank,
): Map<Finding, { finding: Finding; by: Finding }[]> {
  const rootOf = new Map(roots.map(root => [root, root]));
  const folded = new Map<Finding, { finding: Finding; by: Finding }[]>(roots.map(root => [root, []]));
  const queue = inOrder(roots, rank);
  for (const by of queue) {
    for (const finding of inOrder(effects.get(by) ?? [], rank)) {
      if (rootOf.has(finding)) continue;
      const root = rootOf.get(by) as Finding;
      rootOf.set(finding, root);
      folded.get(root)?.push({ finding, by });
      queue.push(finding);
    }
  }
  return folded;
}

/**
 * Gives a root the worst severity of what follows from it: a cordoned node alone is a warning, one that keeps a
 * service down is an outage.
 */
function raised(root: Finding, follows: readonly Follower[]): Finding {
  const severity = follows.reduce((worst, { finding }) => worse(worst, finding.severity), root.severity);
  return severity === root.severity ? root : { ...root, severity };
}
