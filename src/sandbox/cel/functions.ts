import type { Environment } from '@marcbachmann/cel-js';

/** The string and list functions that the API server adds to CEL and the library does not have. */
export function addKubernetesFunctions(to: Environment): Environment {
  return to
    .registerFunction('string.replace(string, string): string', (text: string, from: string, by: string) =>
      text.replaceAll(from, by),
    )
    .registerFunction('list.sum(): dyn', (items: unknown[]) => items.reduce(plus, 0n))
    .registerFunction('list.min(): dyn', (items: unknown[]) => items.reduce((a, b) => (less(a, b) ? a : b)))
    .registerFunction('list.max(): dyn', (items: unknown[]) => items.reduce((a, b) => (less(a, b) ? b : a)))
    .registerFunction('list.isSorted(): bool', (items: unknown[]) =>
      items.every((item, i) => i === 0 || !less(item, items[i - 1])),
    )
    .registerFunction('list.indexOf(dyn): int', (items: unknown[], wanted: unknown) => BigInt(items.indexOf(wanted)));
}

const less = (a: unknown, b: unknown): boolean => (a as bigint | number | string) < (b as bigint | number | string);

function plus(sum: unknown, item: unknown): unknown {
  if (typeof sum === 'bigint' && typeof item === 'bigint') return sum + item;
  return Number(sum) + Number(item);
}
