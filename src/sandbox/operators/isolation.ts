import type { Obj, Pod, Selector } from '../controllers/kinds.ts';
import { selects } from '../controllers/labels.ts';

export interface NetworkPolicy extends Obj {
  spec?: {
    podSelector?: Selector;
    policyTypes?: string[];
    ingress?: unknown[];
    egress?: unknown[];
  };
}

type Direction = 'ingress' | 'egress';

const concerns = (p: NetworkPolicy, direction: Direction): boolean => {
  const types = p.spec?.policyTypes;
  if (types) return types.some(t => t.toLowerCase() === direction);
  return direction === 'ingress' || p.spec?.egress !== undefined;
};

/**
 * Whether a pod is cut off in one direction: at least one policy of its namespace selects it, and none of those has a
 * rule. A policy with any rule counts as allowing the API server: addresses are not evaluated.
 */
export function isCutOff(pod: Pod, policies: readonly NetworkPolicy[], direction: Direction): boolean {
  const mine = policies.filter(
    p =>
      p.metadata.namespace === pod.metadata.namespace &&
      concerns(p, direction) &&
      selects(p.spec?.podSelector ?? {}, pod.metadata.labels),
  );
  return mine.length > 0 && mine.every(p => (p.spec?.[direction] ?? []).length === 0);
}
