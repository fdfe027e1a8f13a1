import type { Rule } from '../../rule.ts';

export const crdRules: readonly Rule[] = [];
