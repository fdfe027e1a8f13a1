/** A label selector as objects carry it. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** One requirement on labels, whatever notation it came in. */
export interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  values: readonly string[];
}

type Labels = Readonly<Record<string, string>> | undefined;

const numeric = (text: string | undefined) => (text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined);

function meets(labels: Labels, { key, operator, values }: Requirement): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return compares(numeric(value), numeric(values[0]), operator);
  }
}

function compares(value: number | undefined, bound: number | undefined, operator: 'gt' | 'lt'): boolean {
  if (value === undefined || bound === undefined) return false;
  return operator === 'gt' ? value > bound : value < bound;
}

/** Whether the labels meet every requirement. */
export function satisfies(labels: Labels, requirements: readonly Requirement[]): boolean {
  return requirements.every(requirement => meets(labels, requirement));
}

/** A selector object as requirements. An unknown operator selects nothing. */
export function requirementsOf(selector: LabelSelector): Requirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: 'in', values: [value] }),
  );
  const OPERATORS: Record<string, Requirement['operator']> = {
    In: 'in',
    NotIn: 'notin',
    Exists: 'exists',
    DoesNotExist: '!',
  };
  const expressions = (selector.matchExpressions ?? []).map(
    (e): Requirement => ({ key: e.key, operator: OPERATORS[e.operator] ?? 'in', values: e.values ?? [] }),
  );
  return [...equal, ...expressions];
}
