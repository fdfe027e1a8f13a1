import { each, type Fields } from '../defaults/fill.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue, required } from './field.ts';

const OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);
const LISTING = new Set(['In', 'NotIn']);

/** What is wrong with the expressions of a label selector. */
export const expressionCauses = (selector: Fields | undefined, field: string): StatusCause[] =>
  each(selector, 'matchExpressions').flatMap(({ operator, values }, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    if (!OPERATORS.has(String(operator)))
      return [invalidValue(`${at}.operator`, operator, 'not a valid selector operator')];
    const isShort = LISTING.has(String(operator)) && !(Array.isArray(values) && values.length > 0);
    return isShort ? [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : [];
  });
