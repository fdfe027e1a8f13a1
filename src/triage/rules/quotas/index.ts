import type { Rule } from '../../rule.ts';
import { quotaFull, quotaNotCalculated } from './full.ts';
import { limitRange } from './limit-range.ts';

export const quotaRules: readonly Rule[] = [quotaNotCalculated, quotaFull, limitRange];
