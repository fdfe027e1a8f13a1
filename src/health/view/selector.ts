import { type Fields, fields } from '../../k8s/fields.ts';
import { expressionHolds } from '../../k8s/match-expression.ts';

type Labels = Readonly<Record<string, string>>;

/** One requirement on labels. */
interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'unknown';
  values: readonly string[];
}

const isLabelSelector = (selector: Fields): boolean =>
  typeof selector.matchLabels === 'object' || Array.isArray(selector.matchExpressions);

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** The requirements of a LabelSelector, or of the plain map of a Service. No requirements match everything. */
export function requirementsOf(selector: Fields): Requirement[] {
  const plain = isLabelSelector(selector) ? fields(selector.matchLabels) : selector;
  const equal = Object.entries(plain).map(
    ([key, value]): Requirement => ({ key, operator: 'In', values: [String(value)] }),
  );
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.map(fields) : [];
  return [
    ...equal,
    ...expressions.map(
      (one): Requirement => ({
        key: String(one.key),
        operator: OPERATORS.find(known => known === one.operator) ?? 'unknown',
        values: Array.isArray(one.values) ? one.values.map(String) : [],
      }),
    ),
  ];
}

const satisfies = (labels: Labels, { key, ...expression }: Requirement): boolean =>
  expressionHolds(expression, Object.hasOwn(labels, key) ? labels[key] : undefined);

/**
 * Whether a label selector matches these labels: `matchLabels` and `matchExpressions`, or the plain map of a Service.
 * As in the API, an empty one matches everything; callers must handle a Service without a selector.
 */
export const matchesSelector = (selector: Fields, labels: Labels): boolean =>
  requirementsOf(selector).every(requirement => satisfies(labels, requirement));
