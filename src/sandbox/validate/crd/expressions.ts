import { celProblem } from '../../cel/cel.ts';
import { each, type Fields } from '../../defaults/fill.ts';
import type { StatusCause } from '../../status.ts';
import { invalidValue } from '../field.ts';

/** The cause for an invalid expression at a field. */
export function expressionCause(field: string, source: string): StatusCause[] {
  const problem = celProblem(source);
  return problem === undefined
    ? []
    : [invalidValue(field, source, `compilation failed: ERROR: <input>:1:1: ${problem}`)];
}

/** What is wrong with the match conditions of a webhook or a policy. */
export const conditionCauses = (holder: Fields, field: string): StatusCause[] =>
  each(holder, 'matchConditions').flatMap(({ expression }, i) =>
    expressionCause(`${field}.matchConditions[${i}].expression`, String(expression ?? '')),
  );
