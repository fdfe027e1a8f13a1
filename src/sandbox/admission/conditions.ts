import { celOf } from '../cel/cel.ts';
import { isRecord } from '../object.ts';

/**
 * Whether all match conditions hold. One that cannot be evaluated counts as true when `failClosed`, so that the
 * request is then refused, and as false otherwise.
 */
export function matchesConditions(
  conditions: unknown,
  scope: Readonly<Record<string, unknown>>,
  failClosed: boolean,
): boolean {
  return (Array.isArray(conditions) ? conditions : []).filter(isRecord).every(({ expression }) => {
    try {
      return celOf(String(expression)).value(scope) === true;
    } catch {
      return failClosed;
    }
  });
}
