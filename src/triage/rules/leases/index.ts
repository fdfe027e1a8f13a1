import type { Rule } from '../../rule.ts';

export const leaseRules: readonly Rule[] = [];
