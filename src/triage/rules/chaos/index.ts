import type { Rule } from '../../rule.ts';

export const chaosRules: readonly Rule[] = [];
