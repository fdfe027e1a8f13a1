import { celOf } from '../cel/cel.ts';
import { isRecord } from '../object.ts';

/**
 * Whether all match conditions hold. One that cannot be worked out stands for yes where failures are to refuse (what is
 * asked for then is refused as it should be), for no where they are to be ignored.
 */
export function meetsConditions(
  conditions: unknown,
  scope: Readonly<Record<string, unknown>>,
  fails: boolean,
): boolean {
  return (Array.isArray(conditions) ? conditions : []).filter(isRecord).every(({ expression }) => {
    try {
      return celOf(String(expression)).value(scope) === true;
    } catch {
      return fails;
    }
  });
}
