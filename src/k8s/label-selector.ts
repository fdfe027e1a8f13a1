import type { LabelSelector } from './deployment.ts';
import { parseSelector, type Requirement } from './selector-text.ts';

const OPERATORS: Readonly<Partial<Record<Requirement['operator'], string>>> = {
  '=': 'In',
  '!=': 'NotIn',
  in: 'In',
  notin: 'NotIn',
  exists: 'Exists',
  absent: 'DoesNotExist',
};

/**
 * A LabelSelector object that matches the same objects as `text`; a string says why there is none. Equalities become
 * `matchLabels`, as the framework writes them; everything else, and a key that occurs twice, becomes an expression.
 */
export function labelSelectorOf(text: string): LabelSelector | string {
  const requirements = parseSelector(text);
  if (typeof requirements === 'string') return requirements;
  const matchLabels: Record<string, string> = {};
  const matchExpressions: NonNullable<LabelSelector['matchExpressions']> = [];
  for (const { key, operator, values } of requirements) {
    const name = OPERATORS[operator];
    if (name === undefined)
      return `"${key} ${operator} ${values[0] ?? ''}" has no counterpart in a selector that the API stores`;
    const [only = ''] = values;
    const isEquality = operator === '=' || (operator === 'in' && values.length === 1);
    if (isEquality && !Object.hasOwn(matchLabels, key)) matchLabels[key] = only;
    else matchExpressions.push({ key, operator: name, ...(values.length === 0 ? {} : { values }) });
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}
