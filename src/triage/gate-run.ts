import type { ClusterView } from '../health/view/cluster-view.ts';
import { isNamespaced, onlyWords } from '../health/view/confined.ts';
import type { ViewKind } from '../health/view/kinds.ts';
import { messageOf } from '../text/message-of.ts';
import { type Clean, literal, sanitise } from '../text/sanitise.ts';
import { type BlindSpot, distinct, knowledgeOf } from './blind.ts';
import type { Finding } from './finding.ts';
import type { GateId, GateStatus } from './gates.ts';
import type { Answers, NamedRead } from './named-read.ts';
import type { Looking, Rule } from './rule.ts';
import { watchView } from './watched-view.ts';

/** What one gate found. */
export interface GateResult {
  id: GateId;
  name: string;
  status: GateStatus;
  /** Milliseconds from the result of the gate before it to its own: what it added to the wait. */
  ms: number;
  findings: Finding[];
  blind: BlindSpot[];
  /** The first gate before this one that failed: fix that first. */
  after?: GateId;
  /** Where all that is broken here follows from: the gates with the root causes. Known only when all gates are. */
  from?: GateId[];
}

/** A rule that may answer, with what makes its answer incomplete. */
interface Able {
  rule: Rule;
  spots: BlindSpot[];
}

export type Seeing = Omit<Looking, 'answers'>;

/** Parts the rules of a gate into those that can see and what the others are blind to. */
export function sighted(rules: readonly Rule[], seeing: Seeing): { able: Able[]; blind: BlindSpot[] } {
  const able: Able[] = [];
  const blind: BlindSpot[] = [];
  for (const rule of rules) {
    const spots = rule.needs.flatMap(kind => spotOf(seeing, kind));
    if (spots.some(({ how }) => how === 'unknown')) blind.push(...spots.map(({ spot }) => spot));
    else able.push({ rule, spots: [...spots, ...unseenWants(seeing, rule)].map(({ spot }) => spot) });
  }
  return { able, blind };
}

/** Without these the rule answers all the same, and may have missed something. What is still coming is waited for. */
const unseenWants = (seeing: Seeing, { wants = [] }: Rule): Unsure[] =>
  wants.flatMap(kind => spotOf(seeing, kind)).filter(({ how }) => how === 'unknown');

interface Unsure {
  kind: ViewKind;
  how: 'old' | 'unknown';
  spot: BlindSpot;
  /** It is being read. */
  isComing: boolean;
}

function spotOf({ view }: Seeing, kind: ViewKind): Unsure[] {
  const known = knowledgeOf(view, kind);
  if (known.how === 'current') return [];
  const isComing = ['waiting', 'loading'].includes(view.sync(kind).state);
  const isOutside = view.onlyNamespace !== undefined && !isNamespaced(kind, view.discovery);
  const spot = isOutside ? elsewhere(view) : { what: sanitise(kind), reason: known.reason };
  return [{ kind, how: known.how, spot, isComing }];
}

/** What the rules want read, each thing once. A rule that breaks is named and asks for nothing more. */
export function asked(able: readonly Able[], seeing: Seeing): { reads: NamedRead[]; blind: BlindSpot[] } {
  const reads = new Map<string, NamedRead>();
  const blind: BlindSpot[] = [];
  for (const { rule } of able) {
    try {
      for (const read of rule.asks?.(seeing) ?? []) reads.set(JSON.stringify(read), read);
    } catch (error) {
      blind.push(broken(rule, error));
    }
  }
  return { reads: [...reads.values()], blind };
}

/** What came of letting rules look. */
export interface Look {
  findings: Finding[];
  blind: BlindSpot[];
  /** Kinds that rules asked for without saying so, and that are still being read: look again when they are known. */
  unread: ViewKind[];
}

/**
 * Lets the rules look. What a rule found before it broke counts; that it broke makes the gate BLIND. What a rule found while it asked for
 * a kind that it does not declare, and that is not known, does not count: it may have taken what it could not see for missing.
 */
export function looked(able: readonly Able[], seeing: Seeing, answers: Answers): Look {
  const findings = new Map<string, Finding>();
  const blind: BlindSpot[] = [];
  const unread = new Set<ViewKind>();
  for (const { rule, spots } of able) {
    blind.push(...spots);
    if (seeing.view.onlyNamespace !== undefined && !isOfOneNamespace(rule)) blind.push(elsewhere(seeing.view));
    const { view, touched, strayed } = watchView(seeing.view);
    const own: Finding[] = [];
    try {
      // What of another namespace is not there may only not be readable: what rests on it is no finding.
      for (const found of rule.look({ ...seeing, view, answers }))
        if (strayed() === undefined) own.push(found);
        else blind.push(elsewhere(view));
      blind.push(...(rule.unseen?.({ ...seeing, view, answers }) ?? []));
    } catch (error) {
      blind.push(broken(rule, error));
    }
    const declared: readonly ViewKind[] = [...rule.needs, ...(rule.wants ?? [])];
    const guessed = [...touched].filter(kind => !declared.includes(kind)).flatMap(kind => spotOf(seeing, kind));
    for (const { kind, how, spot, isComing } of guessed) {
      if (isComing) unread.add(kind);
      if (how === 'unknown') blind.push(spot);
    }
    if (guessed.some(({ how }) => how === 'unknown')) continue;
    for (const found of own) findings.set(keyOf(found), findings.get(keyOf(found)) ?? found);
  }
  return { findings: [...findings.values()], blind: distinct(blind), unread: [...unread] };
}

/** Whether one namespace is enough to answer: the API server is the same for all, and G9 is about the objects of each namespace. */
const isOfOneNamespace = ({ gate }: Rule): boolean => gate === 'G0' || gate === 'G9';

const elsewhere = ({ onlyNamespace = '' }: ClusterView): BlindSpot => ({
  what: literal('the rest of the cluster'),
  reason: onlyWords(onlyNamespace),
});

const broken = (rule: Rule, error: unknown): BlindSpot => ({
  what: sanitise(rule.id),
  reason: faultWords(error),
});

/** What is said of an exception: no cluster can be blamed for it. */
export const faultWords = (error: unknown): Clean => sanitise(`fault of mayday: ${messageOf(error)}`);

const keyOf = ({ rule, object, summary }: Finding): string =>
  [rule, object.apiVersion, object.kind, object.namespace, object.name, summary].join('\n');

/** FAIL outranks BLIND: what is known to be broken stays true whatever is not known. BLIND outranks WARN and PASS. */
export function statusOf(findings: readonly Pick<Finding, 'severity'>[], blind: readonly BlindSpot[]): GateStatus {
  if (findings.some(({ severity }) => isFailure(severity))) return 'FAIL';
  if (blind.length > 0) return 'BLIND';
  return findings.some(({ severity }) => severity === 'warn') ? 'WARN' : 'PASS';
}

/** Whether a severity means that something is broken now. */
export const isFailure = (severity: Finding['severity']): boolean => severity === 'critical' || severity === 'high';
