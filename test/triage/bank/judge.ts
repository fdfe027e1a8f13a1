/** Judges what triage printed against what is known of an incident. */
import type { Incident, Place } from './incident.ts';

/** A finding, as `mayday triage -o json` prints it. */
export interface Printed {
  id: string;
  rule: string;
  severity: string;
  object: { kind: string; namespace?: string; name: string };
  summary: string;
  cause?: string;
  fixes: { text: string; command?: string }[];
  follows?: Printed[];
}

/**
 * `first`: the first root is a right object for the right reason. `object`: the right object, another reason.
 * `later`: named for the right reason, not first. `none`: not named. Decoys: `clean`, or `false alarm`.
 */
type Verdict = 'first' | 'object' | 'later' | 'none' | 'clean' | 'false alarm';

export interface Judgement {
  verdict: Verdict;
  /** Whether a finding that names the root has a fix that names the remedy. */
  fix: boolean;
  /** Whether independent faults are named too. */
  also: boolean;
  /** The first root, or the false alarms, for people. */
  says: string[];
  /** Roots that fail beside the right ones. */
  extra: number;
}

const fails = (finding: Printed): boolean => finding.severity === 'critical' || finding.severity === 'high';

const withFollowers = (finding: Printed): Printed[] => [finding, ...(finding.follows ?? []).flatMap(withFollowers)];

const isAt = (finding: Printed, places: readonly Place[]): boolean =>
  places.some(
    ({ kind, namespace, name }) =>
      finding.object.kind === kind &&
      (namespace === undefined || (finding.object.namespace ?? '') === namespace) &&
      new RegExp(`^(?:${name})$`).test(finding.object.name),
  );

/** What a finding says without the names in it: a name must not pass for a reason. */
function reasonOf({ rule, summary, cause, object }: Printed): string {
  let text = `${rule} ${summary} ${cause ?? ''}`;
  for (const name of [object.name, object.namespace].filter(Boolean)) text = text.split(String(name)).join('');
  return text;
}

const line = ({ object, rule, summary }: Printed): string =>
  `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}: ${rule}: ${summary}`;

export function judge(roots: readonly Printed[], incident: Incident): Judgement {
  const all = roots.flatMap(withFollowers).filter(({ severity }) => severity !== 'info');
  if (incident.decoy) {
    const alarms = all.filter(fails);
    const verdict = alarms.length === 0 ? 'clean' : 'false alarm';
    return { verdict, fix: true, also: true, says: alarms.map(line), extra: alarms.length };
  }
  const failing = roots.filter(fails);
  const first = failing[0] ?? roots[0];
  const reason = new RegExp(incident.reason, 'i');
  const right = (finding: Printed) => isAt(finding, incident.root) && reason.test(reasonOf(finding));
  const named = all.find(right);
  const verdict: Verdict =
    first === undefined
      ? 'none'
      : right(first)
        ? 'first'
        : isAt(first, incident.root)
          ? 'object'
          : named
            ? 'later'
            : 'none';
  const told = first !== undefined && right(first) ? first : named;
  const fixes = (told?.fixes ?? []).map(fix => `${fix.text} ${fix.command ?? ''}`).join('\n');
  return {
    verdict,
    fix: told !== undefined && new RegExp(incident.fix, 'i').test(fixes),
    also: incident.also.every(one => all.some(finding => isAt(finding, [one]))),
    says: first ? [line(first)] : [],
    extra: failing.filter(finding => !isAt(finding, [...incident.root, ...incident.also])).length,
  };
}
