import { whyHigh } from '../experiment/danger.ts';
import type { Danger, Parameters } from '../faults/rules/rules.ts';
import { FAULT_RULES, type FaultType } from '../faults/types.ts';

/** The danger that a document has to state: what the rules demand of these parameters, else what the type usually is. */
export const dangerWith = (type: FaultType, parameters: Parameters): Danger =>
  whyHigh(type, parameters) === undefined ? FAULT_RULES[type].danger : 'high';
