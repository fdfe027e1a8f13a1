import type { Rule } from '../../rule.ts';

export const apiRules: readonly Rule[] = [];
