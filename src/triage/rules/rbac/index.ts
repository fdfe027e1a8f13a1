import type { Rule } from '../../rule.ts';

export const rbacRules: readonly Rule[] = [];
