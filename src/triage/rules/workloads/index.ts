import type { Rule } from '../../rule.ts';
import { podsRefused } from './pods-refused.ts';

export const workloadRules: readonly Rule[] = [podsRefused];
