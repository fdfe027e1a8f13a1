import type { Rule } from '../../rule.ts';

export const namespaceRules: readonly Rule[] = [];
