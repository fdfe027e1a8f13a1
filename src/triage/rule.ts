import type { ClusterView } from '../health/view/cluster-view.ts';
import type { ViewKind } from '../health/view/kinds.ts';
import { type FindingDraft, finding } from './finding/build.ts';
import type { Finding } from './finding/finding.ts';
import type { GateId } from './gates.ts';
import type { BlindSpot } from './run/blind.ts';
import type { Answers, NamedRead } from './run/named-read.ts';

/** What a rule is given. `now` is server time in milliseconds. */
export interface RuleInput {
  view: ClusterView;
  answers: Answers;
  now: number;
}

/** One pure rule of triage. It never talks to the cluster. */
export interface Rule {
  /** `area/what`. */
  id: string;
  gate: GateId;
  /** Without these the rule is BLIND. A kind that the cluster does not serve counts as read and empty. */
  needs: readonly ViewKind[];
  /** These make the answer better; without them the rule still answers, and its gate is BLIND to them. */
  wants?: readonly ViewKind[];
  /** For `mayday explain` and docs/triage.md: plain sentences. */
  about: { looksAt: string; why: string; whatToDo: string };
  /** Reads of single things that the view does not hold: asked only where the view already shows something wrong. */
  asks?(input: Omit<RuleInput, 'answers'>): Iterable<NamedRead>;
  look(input: RuleInput): Iterable<FindingDraft>;
  /** What the rule could not see besides the kinds and single reads that it declares: the gate is BLIND to it. */
  unseen?(input: RuleInput): Iterable<BlindSpot>;
}

/** What the rule finds: its drafts with its id, all their text sanitised. */
export function* findingsOf(rule: Pick<Rule, 'id' | 'look'>, input: RuleInput): Iterable<Finding> {
  for (const draft of rule.look(input)) yield finding({ ...draft, rule: rule.id });
}
