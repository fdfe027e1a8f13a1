import type { Rule } from '../../rule.ts';

export const pdbRules: readonly Rule[] = [];
