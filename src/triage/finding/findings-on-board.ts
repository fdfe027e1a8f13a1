import type { BoardKind } from '../../health/kinds.ts';
import type { KindHealth, Summary } from '../../health/model.ts';
import { byUrgency, type Trouble } from '../../health/trouble.ts';
import { isFailure } from '../run/gate-run.ts';
import type { Finding } from './finding.ts';
import type { Triage } from './result.ts';

/** The line of the health board that counts an object of this kind. */
const LINES: Readonly<Record<string, BoardKind>> = {
  Node: 'nodes',
  Pod: 'pods',
  Deployment: 'deployments',
  Service: 'endpoints',
  ValidatingWebhookConfiguration: 'webhooks',
  MutatingWebhookConfiguration: 'webhooks',
  CustomResourceDefinition: 'crds',
  Lease: 'leases',
};

/**
 * Adds the findings of triage to the health board, so that both agree: an object with a finding is never counted as
 * healthy, and where the board and triage judge the same object, triage decides its severity. `now` is server time in
 * milliseconds.
 */
export function withFindings(summary: Summary, triage: Triage | undefined, now: number): Summary {
  if (triage === undefined) return summary;
  const found = new Map<BoardKind, Map<string, Finding>>();
  for (const finding of triage.roots.flatMap(root => [root.finding, ...root.follows.map(each => each.finding)])) {
    const line = LINES[finding.object.kind];
    if (line === undefined || finding.severity === 'info') continue;
    const here = found.get(line) ?? new Map<string, Finding>();
    const key = keyOf(finding.object);
    const before = here.get(key);
    if (before === undefined || (isFailure(finding.severity) && !isFailure(before.severity))) here.set(key, finding);
    found.set(line, here);
  }
  const kinds = { ...summary.kinds };
  for (const [line, findings] of found) kinds[line] = joined(kinds[line], [...findings.values()], now);
  return { ...summary, kinds };
}

const keyOf = ({ kind, namespace, name }: Finding['object']): string => `${kind}/${namespace ?? ''}/${name}`;

function joined(health: KindHealth, findings: readonly Finding[], now: number): KindHealth {
  const troubles = [...health.troubles];
  let { failing, warning } = health;
  // The board lists only its most urgent troubles, so a finding may be on an object that it counts without listing
  // it.
  let unnamed = failing + warning - troubles.length;
  for (const finding of findings) {
    const severity = isFailure(finding.severity) ? 'fail' : 'warn';
    const known = troubles.filter(trouble => isOn(trouble, finding));
    for (const one of changedBy(known, severity)) {
      troubles[troubles.indexOf(one)] = { ...one, severity };
      failing += severity === 'fail' ? 1 : -1;
      warning += severity === 'warn' ? 1 : -1;
    }
    if (known.length > 0) continue;
    // A warning of triage is a risk. The line of triage counts it; the board counts only objects that fail.
    if (severity === 'warn') continue;
    troubles.push(troubleOf(finding, now));
    if (unnamed > 0) unnamed -= 1;
    else failing += 1;
  }
  failing = Math.max(failing, troubles.filter(one => one.severity === 'fail').length);
  return { ...health, failing, warning, troubles: troubles.sort(byUrgency) };
}

/** One failing webhook makes its configuration fail; only when none fails is the configuration a warning. */
function changedBy(known: readonly Trouble[], severity: Trouble['severity']): readonly Trouble[] {
  if (severity === 'fail') return known.some(one => one.severity === 'fail') ? [] : known.slice(0, 1);
  return known.filter(one => one.severity === 'fail');
}

/** A trouble of one webhook has the uid of its configuration, and its own name behind it. */
const isOn = ({ uid, namespace, name }: Trouble, { object }: Finding): boolean =>
  object.uid === undefined
    ? namespace === object.namespace && name === object.name
    : uid === object.uid || uid.startsWith(`${object.uid} `);

function troubleOf({ object, summary, since }: Finding, now: number): Trouble {
  return {
    uid: object.uid ?? keyOf(object),
    ...(object.namespace === undefined ? {} : { namespace: object.namespace as Trouble['name'] }),
    name: object.name as Trouble['name'],
    severity: 'fail',
    what: summary,
    since: since ?? { at: now, exact: false },
  };
}
