import { isClusterScoped } from '../faults/recognition.ts';
import type { Danger, Parameters } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';
import { FAULT_RULES } from '../faults/types.ts';
import type { Experiment } from './types.ts';

/** The danger of an experiment: what its document says, else what its type usually is. */
export function dangerOf({ spec: { injection } }: Pick<Experiment, 'spec'>): Danger {
  return injection.dangerLevel ?? FAULT_RULES[injection.type].danger;
}

/** Why the framework's rules demand that the document says `dangerLevel: high`; undefined where they do not. */
export function whyHigh(type: FaultType, parameters: Parameters): string | undefined {
  const scope = isClusterScoped(type, parameters) ? 'its target is cluster-scoped' : undefined;
  return FAULT_RULES[type].needsHigh?.(parameters) ?? scope;
}
