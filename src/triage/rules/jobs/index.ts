import type { Rule } from '../../rule.ts';

export const jobRules: readonly Rule[] = [];
