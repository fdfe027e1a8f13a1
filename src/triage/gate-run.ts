import type { ClusterView } from '../health/view/cluster-view.ts';
import { isNamespaced, onlyWords } from '../health/view/confined.ts';
import type { ViewKind } from '../health/view/kinds.ts';
import { messageOf } from '../text/message-of.ts';
import { type Clean, literal, sanitise } from '../text/sanitise.ts';
import { type BlindSpot, distinct, knowledgeOf } from './blind.ts';
import type { Finding } from './finding.ts';
import type { GateId, GateStatus } from './gates.ts';
import type { Answers, NamedRead } from './named-read.ts';
import type { Rule, RuleInput } from './rule.ts';
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
interface RunnableRule {
  rule: Rule;
  spots: BlindSpot[];
}

export type InputWithoutAnswers = Omit<RuleInput, 'answers'>;

/** Parts the rules of a gate into those that can see and what the others are blind to. */
export function runnableRules(
  rules: readonly Rule[],
  input: InputWithoutAnswers,
): { runnable: RunnableRule[]; blind: BlindSpot[] } {
  const runnable: RunnableRule[] = [];
  const blind: BlindSpot[] = [];
  for (const rule of rules) {
    const spots = rule.needs.flatMap(kind => blindSpotOf(input, kind));
    if (spots.some(({ state }) => state === 'unknown')) blind.push(...spots.map(({ spot }) => spot));
    else runnable.push({ rule, spots: [...spots, ...unreadWants(input, rule)].map(({ spot }) => spot) });
  }
  return { runnable, blind };
}

/** Without these the rule answers all the same, and may have missed something. What is still coming is waited for. */
const unreadWants = (input: InputWithoutAnswers, { wants = [] }: Rule): UncertainKind[] =>
  wants.flatMap(kind => blindSpotOf(input, kind)).filter(({ state }) => state === 'unknown');

interface UncertainKind {
  kind: ViewKind;
  state: 'old' | 'unknown';
  spot: BlindSpot;
  /** It is being read. */
  isComing: boolean;
}

function blindSpotOf({ view }: InputWithoutAnswers, kind: ViewKind): UncertainKind[] {
  const known = knowledgeOf(view, kind);
  if (known.state === 'current') return [];
  const isComing = ['waiting', 'loading'].includes(view.sync(kind).state);
  const isOutside = view.onlyNamespace !== undefined && !isNamespaced(kind, view.discovery);
  const spot = isOutside ? elsewhere(view) : { what: sanitise(kind), reason: known.reason };
  return [{ kind, state: known.state, spot, isComing }];
}

/** What the rules want read, each thing once. A rule that breaks is named and asks for nothing more. */
export function readsOf(
  runnable: readonly RunnableRule[],
  input: InputWithoutAnswers,
): { reads: NamedRead[]; blind: BlindSpot[] } {
  const reads = new Map<string, NamedRead>();
  const blind: BlindSpot[] = [];
  for (const { rule } of runnable) {
    try {
      for (const read of rule.asks?.(input) ?? []) reads.set(JSON.stringify(read), read);
    } catch (error) {
      blind.push(broken(rule, error));
    }
  }
  return { reads: [...reads.values()], blind };
}

/** What came of letting rules look. */
export interface RuleRun {
  findings: Finding[];
  blind: BlindSpot[];
  /** Kinds that rules asked for without saying so, and that are still being read: look again when they are known. */
  unread: ViewKind[];
}

/**
 * Lets the rules look. What a rule found before it broke counts; that it broke makes the gate BLIND. What a rule found while it asked for
 * a kind that it does not declare, and that is not known, does not count: it may have taken what it could not see for missing.
 */
export function runRules(runnable: readonly RunnableRule[], input: InputWithoutAnswers, answers: Answers): RuleRun {
  const findings = new Map<string, Finding>();
  const blind: BlindSpot[] = [];
  const unread = new Set<ViewKind>();
  for (const { rule, spots } of runnable) {
    blind.push(...spots);
    if (input.view.onlyNamespace !== undefined && !isOfOneNamespace(rule)) blind.push(elsewhere(input.view));
    const { view, touched, otherNamespaceAsked } = watchView(input.view);
    const own: Finding[] = [];
    try {
      // What of another namespace is not there may only not be readable: what rests on it is no finding.
      for (const found of rule.look({ ...input, view, answers }))
        if (otherNamespaceAsked() === undefined) own.push(found);
        else blind.push(elsewhere(view));
      blind.push(...(rule.unseen?.({ ...input, view, answers }) ?? []));
    } catch (error) {
      blind.push(broken(rule, error));
    }
    const declared: readonly ViewKind[] = [...rule.needs, ...(rule.wants ?? [])];
    const guessed = [...touched].filter(kind => !declared.includes(kind)).flatMap(kind => blindSpotOf(input, kind));
    for (const { kind, state, spot, isComing } of guessed) {
      if (isComing) unread.add(kind);
      if (state === 'unknown') blind.push(spot);
    }
    if (guessed.some(({ state }) => state === 'unknown')) continue;
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
