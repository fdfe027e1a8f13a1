import { findObject } from '../../triage/facts/find-object.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { remediesOf } from '../../triage/remedies/index.ts';
import type { Remedy } from '../../triage/remedies/remedy.ts';
import { nameText } from '../../triage/report/about.ts';
import type { Looked } from '../../triage/run/look.ts';
import { CommandFailure, EXIT } from '../failure.ts';

/** Every finding of a triage, root causes first. */
const all = ({ triage }: Looked): Finding[] =>
  triage.roots.flatMap(root => [root.finding, ...root.follows.map(each => each.finding)]);

/** The finding that is named by its id, or by a rule and an object; throws where there is not exactly one. */
export function chosenFinding(looked: Looked, asked: string, object: string | undefined, namespace: string): Finding {
  const findings = all(looked);
  const byId = findings.filter(finding => findingId(finding) === asked);
  const [found, ...others] = byId.length > 0 ? byId : byRule(looked, findings, asked, object, namespace);
  if (found === undefined) {
    const some = findings.slice(0, 5).map(each => `${findingId(each)} (${each.rule}, ${nameText(each.object)})`);
    const there = some.length > 0 ? `found now: ${some.join(', ')}` : 'nothing is found now';
    throw new CommandFailure(`expected the id of a finding, or a rule and an object, found ${asked}: ${there}`);
  }
  if (others.length > 0) {
    const them = [found, ...others].map(each => `${findingId(each)} (${nameText(each.object)})`);
    throw new CommandFailure(`expected one finding, found ${them.length}: name one of ${them.slice(0, 8).join(', ')}`);
  }
  return found;
}

function byRule(
  { view }: Looked,
  findings: readonly Finding[],
  rule: string,
  asked: string | undefined,
  namespace: string,
): Finding[] {
  const ofRule = findings.filter(finding => finding.rule === rule);
  if (asked === undefined) return ofRule;
  const sought = findObject(view, asked, namespace);
  if ('problem' in sought) throw new CommandFailure(sought.problem, sought.isBlind ? EXIT.unreachable : EXIT.usage);
  const { kind, metadata } = sought.found;
  return ofRule.filter(
    ({ object }) => object.kind === kind && object.name === metadata.name && object.namespace === metadata.namespace,
  );
}

/** The remedy that was asked for, else the first that fits; throws where there is none. */
export function chosenRemedy(finding: Finding, name: string | undefined): Remedy {
  const fitting = remediesOf(finding);
  const chosen = name === undefined ? fitting[0] : fitting.find(remedy => remedy.name === name);
  if (chosen !== undefined) return chosen;
  const what = nameText(finding.object);
  if (fitting.length > 0)
    throw new CommandFailure(
      `expected --do ${fitting.map(remedy => remedy.name).join(' or ')} for ${what}, found ${name}`,
    );
  const [fix] = finding.fixes;
  const advice =
    fix === undefined ? '`mayday explain` says what to do' : `${fix.text}${fix.command ? ` ${fix.command}` : ''}`;
  throw new CommandFailure(
    `expected a finding that mayday can fix itself, found ${finding.rule} on ${what}: ${advice}`,
  );
}
