import type { Rule } from '../../rule.ts';

export const gitopsRules: readonly Rule[] = [];
