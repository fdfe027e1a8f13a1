import type { Root } from '../finding/chain.ts';

/** Groups roots of one rule that say the same of different objects; each group is at the place of its first root. */
export function groupAlike(roots: readonly Root[]): [Root, ...Root[]][] {
  const groups = new Map<string, [Root, ...Root[]]>();
  for (const root of roots) {
    const { rule, severity, summary, cause } = root.finding;
    const key = [rule, severity, summary, cause ?? ''].join('\n');
    const group = groups.get(key);
    if (group) group.push(root);
    else groups.set(key, [root]);
  }
  return [...groups.values()];
}
