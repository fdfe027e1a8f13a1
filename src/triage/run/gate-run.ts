import type { ClusterView } from '../../health/view/cluster-view.ts';
import { isNamespaced, onlyText } from '../../health/view/confined.ts';
import type { ViewKind } from '../../health/view/kinds.ts';
import { messageOf } from '../../text/message-of.ts';
import { type Clean, literal, sanitise } from '../../text/sanitise.ts';
import type { Finding } from '../finding/finding.ts';
import type { GateId, GateStatus } from '../gates.ts';
import { findingsOf, type Rule, type RuleInput } from '../rule.ts';
import { type BlindSpot, distinct, knowledgeOf } from './blind.ts';
import type { Answers, NamedRead } from './named-read.ts';
import { watchView } from './watched-view.ts';

/** What one gate found. */
export interface GateResult {
  id: GateId;
  name: string;
  status: GateStatus;
  /** Milliseconds from the result of the gate before it to its own: how long it added to the run. */
  ms: number;
  findings: Finding[];
  blind: BlindSpot[];
  /** The first gate before this one that failed: fix that first. */
  after?: GateId;
  /** The gates that hold the root causes of everything broken here. Known only when all gates are. */
  from?: GateId[];
}

/** A rule that can be evaluated, with what makes its answer incomplete. */
interface RunnableRule {
  rule: Rule;
  spots: BlindSpot[];
}

export type InputWithoutAnswers = Omit<RuleInput, 'answers'>;

/** Divides the rules of a gate into those that can be evaluated and what the others are blind to. */
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

/** Wanted kinds that are not known: the rule is evaluated without them, and may miss something. */
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
  const spot = isOutside ? otherNamespaces(view) : { what: sanitise(kind), reason: known.reason };
  return [{ kind, state: known.state, spot, isComing }];
}

/**
 * The single reads that the rules ask for, without duplicates. A rule that throws is reported as blind and asks for
 * nothing more.
 */
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
      blind.push(ruleFailure(rule, error));
    }
  }
  return { reads: [...reads.values()], blind };
}

/** The outcome of evaluating rules. */
export interface RuleRun {
  findings: Finding[];
  blind: BlindSpot[];
  /** Kinds that rules used without declaring them and that are still being read: evaluate again when they are known. */
  unread: ViewKind[];
}

/**
 * Evaluates the rules. When a rule throws, its findings so far count, and the gate is BLIND. Findings of a rule that
 * used an undeclared kind which is not known do not count: the rule may have taken unread objects for missing ones.
 */
export function runRules(runnable: readonly RunnableRule[], input: InputWithoutAnswers, answers: Answers): RuleRun {
  const findings = new Map<string, Finding>();
  const blind: BlindSpot[] = [];
  const unread = new Set<ViewKind>();
  for (const { rule, spots } of runnable) {
    blind.push(...spots);
    if (input.view.onlyNamespace !== undefined && !isOfOneNamespace(rule)) blind.push(otherNamespaces(input.view));
    const one = runRule(rule, input, answers);
    blind.push(...one.blind);
    for (const { kind, isComing } of one.undeclared) if (isComing) unread.add(kind);
    const unknown = one.undeclared.filter(({ state }) => state === 'unknown');
    blind.push(...unknown.map(({ spot }) => spot));
    if (unknown.length > 0) continue;
    for (const found of one.findings) findings.set(keyOf(found), findings.get(keyOf(found)) ?? found);
  }
  return { findings: [...findings.values()], blind: distinct(blind), unread: [...unread] };
}

/** Evaluates one rule. `undeclared` are the kinds that it used without declaring them and that are not wholly known. */
function runRule(
  rule: Rule,
  input: InputWithoutAnswers,
  answers: Answers,
): { findings: Finding[]; blind: BlindSpot[]; undeclared: UncertainKind[] } {
  const { view, usedKinds, otherNamespaceAsked } = watchView(input.view);
  const findings: Finding[] = [];
  const blind: BlindSpot[] = [];
  try {
    // Objects of another namespace may exist and not be readable, so findings that depend on it are dropped.
    for (const found of findingsOf(rule, { ...input, view, answers }))
      if (otherNamespaceAsked() === undefined) findings.push(found);
      else blind.push(otherNamespaces(view));
    blind.push(...(rule.unseen?.({ ...input, view, answers }) ?? []));
  } catch (error) {
    blind.push(ruleFailure(rule, error));
  }
  const declared: readonly ViewKind[] = [...rule.needs, ...(rule.wants ?? [])];
  const undeclared = [...usedKinds].filter(kind => !declared.includes(kind)).flatMap(kind => blindSpotOf(input, kind));
  return { findings, blind, undeclared };
}

/**
 * Whether one namespace is enough for the rule: G0 is about the API server, and G9 about the objects of each
 * namespace.
 */
const isOfOneNamespace = ({ gate }: Rule): boolean => gate === 'G0' || gate === 'G9';

const otherNamespaces = ({ onlyNamespace = '' }: ClusterView): BlindSpot => ({
  what: literal('the rest of the cluster'),
  reason: onlyText(onlyNamespace),
});

const ruleFailure = (rule: Rule, error: unknown): BlindSpot => ({
  what: sanitise(rule.id),
  reason: faultText(error),
});

/** The text for an exception in a rule, which is always a bug of mayday. */
export const faultText = (error: unknown): Clean => sanitise(`fault of mayday: ${messageOf(error)}`);

const keyOf = ({ rule, object, summary }: Finding): string =>
  [rule, object.apiVersion, object.kind, object.namespace, object.name, summary].join('\n');

/**
 * The status of a gate. FAIL outranks BLIND, since what is known to be broken is broken whatever else is not known.
 * BLIND outranks WARN and PASS.
 */
export function statusOf(findings: readonly Pick<Finding, 'severity'>[], blind: readonly BlindSpot[]): GateStatus {
  if (findings.some(({ severity }) => isFailure(severity))) return 'FAIL';
  if (blind.length > 0) return 'BLIND';
  return findings.some(({ severity }) => severity === 'warn') ? 'WARN' : 'PASS';
}

/** Whether a severity means that something is broken now. */
export const isFailure = (severity: Finding['severity']): boolean => severity === 'critical' || severity === 'high';
