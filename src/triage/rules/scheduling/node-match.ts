import type { ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, strings, text, textMap } from '../../../k8s/fields.ts';
import { expressionHolds } from '../../../k8s/match-expression.ts';

/** A taint of a node. */
export interface Taint {
  key: string;
  value: string;
  effect: string;
  timeAdded: string;
}

export const taintsOf = (node: ViewObject): Taint[] =>
  list(node.spec.taints).map(one => ({
    key: text(one.key),
    value: text(one.value),
    effect: text(one.effect),
    timeAdded: text(one.timeAdded),
  }));

/** `dedicated=gpu:NoSchedule`, as kubectl writes a taint. */
export const taintText = ({ key, value, effect }: Taint): string => `${key}${value && `=${value}`}:${effect}`;

/** Whether one of the pod's tolerations covers the taint. */
export const tolerates = (pod: ViewObject, taint: Taint): boolean =>
  list(pod.spec.tolerations).some(one => {
    const key = text(one.key);
    const operator = text(one.operator) || 'Equal';
    const effect = text(one.effect);
    if (effect !== '' && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === '' || key === taint.key;
    return key === taint.key && text(one.value) === taint.value;
  });

/** Taints that keep the pod away from the node. */
export const untoleratedTaints = (pod: ViewObject, node: ViewObject): Taint[] =>
  taintsOf(node).filter(taint => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint));

/** How the node fails the nodeSelector and the required node affinity, in words; undefined when it matches. */
export function selectorMismatch(pod: ViewObject, node: ViewObject): string | undefined {
  const labels = node.metadata.labels;
  const missing = Object.entries(textMap(pod.spec.nodeSelector)).filter(([key, value]) => labels[key] !== value);
  if (missing.length > 0)
    return missing
      .map(([key, value]) => `${key}=${labels[key] ?? '(no such label)'}, ${value || '""'} required`)
      .join('; ');
  const terms = requiredTerms(pod);
  if (terms.length === 0) return undefined;
  const misses = terms.map(term => mismatchesOf(term, node));
  if (misses.some(one => one.length === 0)) return undefined;
  const least = misses.reduce((a, b) => (b.length < a.length ? b : a));
  return least.join('; ');
}

/** The terms of required node affinity; one of them must match. */
const requiredTerms = (pod: ViewObject): readonly Fields[] =>
  list(
    fields(fields(fields(pod.spec.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution)
      .nodeSelectorTerms,
  );

/** The node that a DaemonSet pod was created for. */
export const nodeOfDaemonPod = (pod: ViewObject): string | undefined =>
  requiredTerms(pod)
    .flatMap(term => list(term.matchFields))
    .filter(one => one.key === 'metadata.name')
    .flatMap(one => strings(one.values))[0];

/** What a node lacks of a node selector term. */
function mismatchesOf(term: Fields, node: ViewObject): string[] {
  const byLabel = list(term.matchExpressions).filter(one => !holds(one, node.metadata.labels[text(one.key)]));
  const byField = list(term.matchFields).filter(one => !holds(one, node.metadata.name));
  return [
    ...byLabel.map(
      one =>
        `${text(one.key)}=${node.metadata.labels[text(one.key)] ?? '(no such label)'}, ${expressionText(one)} required`,
    ),
    ...byField.map(one => `name ${node.metadata.name}, ${expressionText(one)} required`),
  ];
}

const holds = (one: Fields, value: string | undefined): boolean =>
  expressionHolds({ operator: text(one.operator), values: strings(one.values) }, value);

const expressionText = (one: Fields): string => `${text(one.operator)} ${strings(one.values).join('|')}`.trim();

/** The node labels that the pod asks for by nodeSelector and by affinity with `In`. */
export function wantedLabels(pod: ViewObject): { key: string; values: readonly string[] }[] {
  const plain = Object.entries(textMap(pod.spec.nodeSelector)).map(([key, value]) => ({ key, values: [value] }));
  const terms = requiredTerms(pod).flatMap(term => list(term.matchExpressions));
  return [
    ...plain,
    ...terms.filter(one => one.operator === 'In').map(one => ({ key: text(one.key), values: strings(one.values) })),
  ];
}
