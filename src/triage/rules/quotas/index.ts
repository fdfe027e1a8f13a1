import type { Rule } from '../../rule.ts';
import { quotaFull, quotaNotCalculated } from './full.ts';
import { limitRange } from './limit-range.ts';
import { quotaTooSmall } from './too-small.ts';

export const quotaRules: readonly Rule[] = [quotaNotCalculated, quotaTooSmall, quotaFull, limitRange];
