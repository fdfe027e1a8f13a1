import type { Parameters } from './parameters/rules.ts';
import { TYPE_RULES } from './parameters/table.ts';
import { isClusterScoped } from './scope.ts';
import type { Danger, Experiment, FaultType } from './types.ts';

/** The danger of an experiment: what its document says, else what its type usually is. */
export function dangerOf({ spec: { injection } }: Pick<Experiment, 'spec'>): Danger {
  return injection.dangerLevel ?? TYPE_RULES[injection.type].danger;
}

/** Why the framework's rules demand that the document says `dangerLevel: high`; undefined where they do not. */
export function whyHigh(type: FaultType, parameters: Parameters): string | undefined {
  const scope = isClusterScoped(type, parameters) ? 'its target is cluster-scoped' : undefined;
  return TYPE_RULES[type].needsHigh?.(parameters) ?? scope;
}
