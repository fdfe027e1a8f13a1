import type { Rule } from '../../rule.ts';

export const podRules: readonly Rule[] = [];
