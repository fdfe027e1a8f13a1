import type { Rule } from '../../rule.ts';
import { apiserviceScaledToZero, apiserviceUnavailable } from './unavailable.ts';

/** Aggregated APIs. */
export const apiserviceRules: readonly Rule[] = [apiserviceUnavailable, apiserviceScaledToZero];
