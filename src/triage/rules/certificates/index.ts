import type { Rule } from '../../rule.ts';

export const certificateRules: readonly Rule[] = [];
