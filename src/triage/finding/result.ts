import { createHash } from 'node:crypto';
import type { Clean } from '../../text/sanitise.ts';
import type { GateId } from '../gates.ts';
import { UNDER_WAY } from '../rules/workloads/under-way.ts';
import { type GateResult, isFailure, statusOf } from '../run/gate-run.ts';
import type { Owners } from './cause-index.ts';
import { chain, type Root } from './chain.ts';
import type { Finding } from './finding.ts';
import { idText } from './order.ts';

/** The result of all gates: root causes and gates. */
export interface Triage {
  /** What nothing else explains, in the order in which to look at it. */
  roots: Root[];
  gates: GateResult[];
}

/**
 * Chains the findings of the gates. A finding that became more severe because of what follows from it is also that severe in its
 * gate, so a gate's status may be worse than when it was reported alone. Only gates with a root cause are gates to
 * fix first.
 */
export function conclude(gates: readonly GateResult[], owners?: Owners): Triage {
  const placed = gates.flatMap(({ id, findings }) => findings.map(finding => ({ finding, gate: id })));
  return withRoots({ gates: [...gates] }, chain(placed, owners));
}

/** The gates with only those findings that are among these roots or follow from them. */
export function withRoots({ gates }: Pick<Triage, 'gates'>, roots: Root[]): Triage {
  const known = new Map(
    roots.flatMap(root => [root, ...root.follows]).map(({ finding }) => [idText(finding), finding]),
  );
  const causes = causesOf(roots);
  let toFix: GateId | undefined;
  const concluded = gates.map(({ after: _, from: __, ...gate }) => {
    const findings = gate.findings.flatMap(finding => known.get(idText(finding)) ?? []);
    const from = causes.get(gate.id) ?? new Set();
    const isRoot = from.has(gate.id);
    const result = {
      ...gate,
      findings,
      status: statusOf(findings, gate.blind),
      ...(toFix === undefined ? {} : { after: toFix }),
      ...(from.size === 0 || isRoot ? {} : { from: [...from].sort() }),
    };
    if (isRoot) toFix ??= gate.id;
    return result;
  });
  return { roots, gates: concluded };
}

/** For each gate with something broken in it, the gates that hold the root causes. */
function causesOf(roots: readonly Root[]): Map<GateId, Set<GateId>> {
  const causes = new Map<GateId, Set<GateId>>();
  for (const root of roots)
    for (const { finding, gate } of [root, ...root.follows])
      if (isFailure(finding.severity)) causes.set(gate, (causes.get(gate) ?? new Set<GateId>()).add(root.gate));
  return causes;
}

/**
 * A short name of a finding, the same from run to run, for commands: `fix 3fa2c1d0`. Numbers in the summary do not
 * change it.
 */
export function findingId(finding: Finding): string {
  const words = `${finding.object.apiVersion}\n${idText({ ...finding, summary: finding.summary.replace(/\d+/g, '#') as Clean })}`;
  return createHash('sha256').update(words).digest('hex').slice(0, 8);
}

/** The overall result of triage. Something broken outranks something unknown. */
export type Outlook = 'failed' | 'blind' | 'clear';

export function outlookOf({ roots, gates }: Triage): Outlook {
  if (roots.some(({ finding }) => isFailure(finding.severity))) return 'failed';
  return gates.some(({ blind }) => blind.length > 0) ? 'blind' : 'clear';
}

/** The roots that report only that a change is still in progress. */
export const unsettledRoots = ({ roots }: Pick<Triage, 'roots'>): Root[] =>
  roots.filter(({ finding }) => finding.rule === UNDER_WAY);
