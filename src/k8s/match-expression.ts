/** One expression of a label selector or of a node selector, as the API writes it. */
export interface MatchExpression {
  operator: string;
  values?: readonly string[];
}

/** Whether a value of a label or field (undefined if it does not exist) matches the expression. An unknown operator matches nothing. */
export function expressionHolds({ operator, values = [] }: MatchExpression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
