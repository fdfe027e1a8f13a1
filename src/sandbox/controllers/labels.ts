import { expressionHolds } from '../../k8s/match-expression.ts';
import type { Selector } from './kinds.ts';

type Labels = Record<string, string> | undefined;

/** Whether `labels` satisfy a label selector. An absent selector selects nothing, an empty one everything. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const have = labels ?? {};
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (have[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(e => expressionHolds(e, have[e.key]));
}

/** Whether `labels` carry every pair of a plain map selector (Services, template labels). An empty map selects nothing. */
export function carries(labels: Labels, wanted: Labels): boolean {
  const pairs = Object.entries(wanted ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}
