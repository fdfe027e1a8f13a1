import type { Rule } from '../../rule.ts';

export const hpaRules: readonly Rule[] = [];
