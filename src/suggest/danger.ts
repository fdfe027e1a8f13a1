import { whyHigh } from '../experiment/danger.ts';
import type { Danger, Parameters } from '../faults/rules/rules.ts';
import { FAULT_RULES, type FaultType } from '../faults/types.ts';

/**
 * The danger level that a document must state: what the rules require for these parameters, otherwise the default of
 * the type.
 */
export const dangerWith = (type: FaultType, parameters: Parameters): Danger =>
  whyHigh(type, parameters) === undefined ? FAULT_RULES[type].danger : 'high';
